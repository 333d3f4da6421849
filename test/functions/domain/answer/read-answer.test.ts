import { describe, expect, test } from 'vitest';
import type { KnownProvider, Shape } from '../../../../functions/domain/answer/endpoints.ts';
import { readAnswer } from '../../../../functions/domain/answer/read-answer.ts';
import { describeTold, having, read, sample } from './answers.ts';

const music = 'poll.music.SUCCESS.json';
const first = 'poll.music.FIRST_SUCCESS.json';
const text = 'poll.music.TEXT_SUCCESS.json';

function told(shape: Shape, body: unknown) {
  const answer = read(shape, body);
  if (!('callback' in answer)) throw new Error(JSON.stringify(answer));
  return answer.callback;
}

describe('the state of a task', () => {
  const states: [Shape, string, Record<string, unknown>, string][] = [
    ['music', music, { status: 'PENDING' }, 'music text: 2 tracks, 2 audio, 2 image'],
    ['music', text, { status: 'GENERATING' }, 'music text: 2 tracks, 2 image'],
    ['music', first, { status: 'FIRST_SUCCESS' }, 'music first: 2 tracks, 1 audio, 2 image'],
    ['music', music, { status: 'success' }, 'music complete: 2 tracks, 2 audio, 2 image'],
    ['music', text, { status: 'CREATE_TASK_FAILED' }, 'music error generation_failed'],
    ['music', text, { status: 'GENERATE_AUDIO_FAILED', errorCode: '531' }, 'music error generation_failed_refunded'],
    ['music', text, { status: 'FAILED', errorCode: 200 }, 'music error generation_failed'],
    ['music', text, { status: 'SENSITIVE_WORD_ERROR', errorCode: null }, 'music error rejected'],
    ['music', music, { status: 'ASCENDED' }, 'music first: 2 tracks, 2 audio, 2 image'],
    ['video', 'poll.video.SUCCESS.json', { successFlag: 'SUCCESS-Success' }, 'video complete: 1 video'],
    ['video', 'poll.video.SUCCESS.json', { successFlag: '1' }, 'video complete: 1 video'],
    ['video', 'poll.video.SUCCESS.json', { successFlag: 1 }, 'video complete: 1 video'],
    ['video', 'poll.video.PENDING.json', { successFlag: '0' }, 'video text'],
    ['video', 'poll.video.PENDING.json', { successFlag: 'GENERATE_MP4_FAILED' }, 'video error generation_failed'],
    ['video', 'poll.video.PENDING.json', { successFlag: 'CREATE_TASK_FAILED' }, 'video error generation_failed'],
    ['wav', 'poll.wav.SUCCESS.json', { successFlag: 'PENDING', response: null }, 'wav text'],
    ['wav', 'poll.wav.SUCCESS.json', { successFlag: 'GENERATE_WAV_FAILED' }, 'wav error generation_failed'],
    ['stems', 'poll.vocal-separate.SUCCESS.json', { successFlag: 'PENDING', response: null }, 'stems text'],
    [
      'stems',
      'poll.vocal-separate.SUCCESS.json',
      { successFlag: 'GENERATE_AUDIO_FAILED', errorCode: 451 },
      'stems error input_unreachable',
    ],
    ['cover', 'poll.cover-image.SUCCESS.json', { successFlag: 0, response: null }, 'cover text'],
    ['cover', 'poll.cover-image.SUCCESS.json', { successFlag: 2, response: null }, 'cover text'],
    ['cover', 'poll.cover-image.SUCCESS.json', { successFlag: 3 }, 'cover error generation_failed'],
    ['midi', 'poll.midi.1.json', { successFlag: 0, midiData: null }, 'midi text'],
    ['midi', 'poll.midi.1.json', { successFlag: 2, midiData: null }, 'midi error generation_failed'],
    ['midi', 'poll.midi.1.json', { successFlag: 3, midiData: null }, 'midi error generation_failed'],
    ['lyrics', 'poll.lyrics.SUCCESS.json', { status: 'PENDING', response: null }, 'lyrics text'],
    ['lyrics', 'poll.lyrics.SUCCESS.json', { status: 'GENERATE_LYRICS_FAILED' }, 'lyrics error generation_failed'],
    ['voice', 'poll.voice.success.json', { status: 'processing_validate', voiceId: null }, 'voice text'],
    ['voice', 'poll.voice.success.json', { status: 'fail', errorCode: 500 }, 'voice error provider_error'],
    ['job', 'poll.jobs-music.generating.kie.json', { state: 'waiting' }, 'music text'],
    ['job', 'poll.jobs-music.generating.kie.json', { state: 'queuing' }, 'music text'],
    ['job', 'poll.jobs-music.fail.kie.json', { failCode: null }, 'music error generation_failed'],
  ];

  test.each(states)('of %s, as in %s, with %j, is read as "%s"', (shape, file, fields, outcome) => {
    expect(describeTold(read(shape, having(file, fields)))).toBe(outcome);
  });

  test('of a failure comes with the reason that the provider gives, or with the state itself', () => {
    expect(told('music', sample('poll.music.GENERATE_AUDIO_FAILED.json')).failure).toMatchObject({
      code: 413,
      msg: "Can't fetch the uploaded audio.",
    });
    const silent = having('poll.wav.SUCCESS.json', { successFlag: 'GENERATE_WAV_FAILED', errorMessage: '' });
    expect(told('wav', silent).failure).toMatchObject({ code: 501, msg: 'GENERATE_WAV_FAILED' });
    expect(told('recovery', sample('poll.recovery.500.json')).failure?.msg).toBe('feed_failed');
  });
});

describe('F06: CALLBACK_EXCEPTION means that the data is to be read', () => {
  const undelivered: [Shape, string, Record<string, unknown>, string][] = [
    ['music', music, {}, 'music complete: 2 tracks, 2 audio, 2 image'],
    ['music', first, {}, 'music first: 2 tracks, 1 audio, 2 image'],
    ['music', text, {}, 'music text: 2 tracks, 2 image'],
    ['music', music, { response: null }, 'music text'],
    ['lyrics', 'poll.lyrics.SUCCESS.json', {}, 'lyrics complete: 2 tracks'],
    ['lyrics', 'poll.lyrics.SUCCESS.json', { response: null }, 'lyrics text'],
  ];
  const flagged: [Shape, string, Record<string, unknown>, string][] = [
    ['video', 'poll.video.SUCCESS.json', {}, 'video complete: 1 video'],
    ['video', 'poll.video.PENDING.json', {}, 'video text'],
    ['wav', 'poll.wav.SUCCESS.json', {}, 'wav complete: 1 wav'],
    ['stems', 'poll.vocal-separate.SUCCESS.json', {}, 'stems complete: 2 stem'],
    ['midi', 'poll.midi.1.json', {}, 'midi complete'],
    ['midi', 'poll.midi.1.json', { midiData: null }, 'midi text'],
  ];

  test.each([
    ...undelivered.map(
      ([shape, file, fields, outcome]) => [shape, file, { ...fields, status: 'CALLBACK_EXCEPTION' }, outcome] as const,
    ),
    ...flagged.map(
      ([shape, file, fields, outcome]) =>
        [shape, file, { ...fields, successFlag: 'CALLBACK_EXCEPTION' }, outcome] as const,
    ),
  ])('of %s, as in %s, with %j: "%s"', (shape, file, fields, outcome) => {
    expect(describeTold(read(shape, having(file, fields)))).toBe(outcome);
  });

  test('a song that has no id yet is one that is still to come', () => {
    const sunoData = [
      { id: 'a', audioUrl: 'https://h.example/a.mp3' },
      { id: '', audioUrl: '', duration: null },
    ];

    const body = having(music, { status: 'CALLBACK_EXCEPTION', response: { sunoData } });

    expect(describeTold(read('music', body))).toBe('music first: 1 tracks, 1 audio');
  });
});

describe('an answer that is read with tolerance', () => {
  test('is about the task that was asked for, of the provider that was asked', () => {
    const { taskId, provider } = told('music', sample(music));

    expect([taskId, provider]).toEqual(['2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72', 'sunoapi.org']);
  });

  test('has times as numbers or as text', () => {
    const sunoData = ['2025-01-01 00:00:00', 1764690794449].map((createTime, id) => ({ id: `${id}`, createTime }));

    expect(told('music', having(music, { response: { sunoData } })).tracks).toMatchObject([
      { createTime: { parsed: '2025-01-01T00:00:00.000Z' } },
      { createTime: { parsed: '2025-12-02T15:53:14.449Z' } },
    ]);
  });

  test('may spell its fields like a callback', () => {
    const sunoData = [{ id: 'a', audio_url: 'https://h.example/a.mp3', audioUrl: '', model_name: 'm' }];

    expect(told('music', having(music, { response: { sunoData } }))).toMatchObject({
      tracks: [{ model: 'm' }],
      assets: [{ urls: [{ field: 'audio_url', url: 'https://h.example/a.mp3' }] }],
    });
  });

  test("has a job's result as text, as an object, or under another name", () => {
    const { resultJson } = sample('poll.jobs-music.success.kie.json').data;
    const whole = 'music complete: 2 tracks, 2 audio, 2 image';
    const results = [{ resultJson: JSON.parse(String(resultJson)) }, { resultJson: null }, { resultJson: '{' }];

    for (const result of results) {
      expect(describeTold(read('job', having('poll.jobs-music.success.kie.json', result)))).toBe(whole);
    }
  });

  test('has stems that no one has heard of, but none that is a stream, ours or the song itself', () => {
    const url = 'https://h.example/x';
    const response = { pianoUrl: url, originUrl: url, streamAudioUrl: url, callbackUrl: url };

    expect(told('stems', having('poll.vocal-separate.SUCCESS.json', { response })).assets).toEqual([
      { kind: 'stem', trackId: null, name: 'Piano', urls: [{ field: 'piano_url', url }] },
    ]);
  });

  test.each<[Shape, string, Record<string, unknown>]>([
    ['music', music, { response: null }],
    ['video', 'poll.video.SUCCESS.json', { response: { videoUrl: '' } }],
    ['wav', 'poll.wav.SUCCESS.json', { response: { audioWavUrl: 'https://h.example/None.wav' } }],
    ['job', 'poll.jobs-video.success.kie.json', { resultJson: null }],
  ])('F09: a success of %s without a link is a failure with its own name', (shape, file, fields) => {
    expect(told(shape, having(file, fields))).toMatchObject({ stage: 'error', failure: { outcome: 'no_media' } });
  });
});

describe('an answer that tells nothing of the task', () => {
  const outcomes: [string, KnownProvider, object, object][] = [
    ['without data', 'sunoapi.org', { code: 200, data: null }, { unknown: 'sunoapi.org knows no such task' }],
    ['404', 'sunoapi.org', { code: 404 }, { unknown: 'sunoapi.org answered 404: it knows no such task' }],
    [
      '422',
      'kie.ai',
      { code: 422, msg: 'recordInfo is null' },
      { unknown: 'kie.ai answered 422: it knows no such task' },
    ],
    ['about another task', 'kie.ai', sample(music), { unknown: 'kie.ai answered about another task' }],
    [
      '401',
      'kie.ai',
      { code: '401' },
      { refused: expect.stringMatching(/^kie.ai answered 401: it does not accept .* key/), refusal: 'key' },
    ],
    ['402', 'kie.ai', { code: 402 }, { refused: expect.stringContaining('no credits'), refusal: 'credits' }],
    [
      '429 of sunoapi.org',
      'sunoapi.org',
      { code: 429 },
      { refused: expect.stringContaining('no credits'), refusal: 'credits' },
    ],
    [
      '429 of kie.ai',
      'kie.ai',
      { code: 429 },
      { unavailable: 'kie.ai answered 429: it was polled too often', isBusy: true },
    ],
    ['405', 'sunoapi.org', { code: 405 }, { unavailable: expect.stringContaining('too often'), isBusy: true }],
    ['430', 'sunoapi.org', { code: 430 }, { unavailable: expect.stringContaining('too often'), isBusy: true }],
    ['455', 'sunoapi.org', { code: 455 }, { unavailable: expect.stringContaining('maintenance'), isBusy: true }],
    ['408', 'kie.ai', { code: 408 }, { unavailable: expect.stringContaining('too slow'), isBusy: true }],
    ['500', 'kie.ai', { code: 500, msg: 'oh no' }, { unavailable: 'kie.ai answered 500: oh no', isBusy: false }],
    [
      'without a code',
      'kie.ai',
      { data: {} },
      { unavailable: expect.stringContaining('no status code'), isBusy: false },
    ],
    [
      'without a state',
      'kie.ai',
      { code: 200, data: {} },
      { unavailable: expect.stringContaining('state'), isBusy: false },
    ],
    [
      'whose data is text',
      'kie.ai',
      { code: 200, data: 'x' },
      { unavailable: expect.stringContaining('"data"'), isBusy: false },
    ],
  ];

  test.each(outcomes)('%s, is one of its kind', (_, provider, body, outcome) => {
    expect(read('music', body, { provider, taskId: 'another' })).toEqual(outcome);
  });

  test('that is no JSON is not understood, and where the body has no code, the status counts', () => {
    const asked = { provider: 'kie.ai', kind: 'music', taskId: 't', shape: 'music' } as const;

    expect(readAnswer({ status: 502, body: undefined }, asked)).toMatchObject({
      unavailable: expect.stringContaining('HTTP 502'),
    });
    expect(readAnswer({ status: 401, body: { error: 'Unauthorized' } }, asked)).toHaveProperty('refused');
    expect(
      readAnswer({ status: 500, body: sample(music) }, { ...asked, taskId: '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72' }),
    ).toHaveProperty('callback');
  });

  test('has a result that is no JSON', () => {
    expect(read('job', having('poll.jobs-video.success.kie.json', { resultJson: '{' }))).toHaveProperty('unavailable');
  });
});
