import { describe, expect, test } from 'vitest';
import { findTaskId } from '../../../../functions/domain/callback/body.ts';
import { parseTime } from '../../../../functions/domain/callback/lenient.ts';
import { outcomeOf } from '../../../../functions/domain/callback/outcome.ts';
import { parseCallback } from '../../../../functions/domain/callback/parse.ts';

const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

function parsed(body: unknown) {
  const result = parseCallback(bytes(body));
  if ('unrecognised' in result) throw new Error(result.unrecognised);
  return result.callback;
}

function music(tracks: unknown, callbackType: unknown = 'complete') {
  return { code: 200, msg: 'ok', data: { callbackType, task_id: 't1', data: tracks } };
}

const song = { id: 'a', audio_url: 'https://h.example/a.mp3', title: 'A' };

describe('the status code', () => {
  const named: [number, string][] = [
    [200, 'success'],
    [400, 'rejected'],
    [401, 'unauthorised'],
    [408, 'timed_out'],
    [413, 'unacceptable_input'],
    [429, 'no_credits'],
    [451, 'input_unreachable'],
    [500, 'provider_error'],
    [501, 'generation_failed'],
    [531, 'generation_failed_refunded'],
    [999, 'unknown_code'],
  ];

  test.each(named)('%i is called %s and tells the owner in one sentence what to do', (code, outcome) => {
    expect(outcomeOf(code).outcome).toBe(outcome);
    expect(outcomeOf(code).advice).toMatch(/^[A-Z].{10,}\.$/);
  });

  test('decides success, whatever callbackType says', () => {
    const failed = parsed({ code: 400, msg: 'no', data: { callbackType: 'complete', task_id: 't', data: null } });
    const fine = parsed(music([song], 'error'));

    expect([failed.stage, failed.failure?.outcome]).toEqual(['error', 'rejected']);
    expect([fine.stage, fine.failure]).toEqual(['complete', null]);
  });

  test('may be sent as text', () => {
    expect(parsed({ ...music([song]), code: '200' }).assets).toHaveLength(1);
  });

  test('of a failure is understood whatever the rest looks like', () => {
    const failed = parsed({ code: 501, msg: 'bad', data: { task_id: 't', error: 'broke' } });

    expect(failed).toMatchObject({ kind: 'unknown', stage: 'error', failure: { code: 501, msg: 'bad: broke' } });
  });
});

describe('a callback that is read with tolerance', () => {
  test('a stage no one has heard of is downloaded and not taken for complete', () => {
    expect(parsed(music([song], 'halfway'))).toMatchObject({ stage: 'first', assets: [{ kind: 'audio' }] });
  });

  test('empty strings and nulls mean "not yet"', () => {
    const callback = parsed(music([{ ...song, image_url: '', tags: null, duration: '' }], 'first'));

    expect(callback.tracks).toMatchObject([{ tags: null, durationSeconds: null }]);
    expect(callback.assets.map(({ kind }) => kind)).toEqual(['audio']);
  });

  test('numbers may be text and texts may be numbers', () => {
    expect(parsed(music([{ ...song, duration: '12.5', title: 7 }])).tracks).toMatchObject([
      { durationSeconds: 12.5, title: '7' },
    ]);
  });

  test('a byte order mark is skipped, and invalid UTF-8 costs no song', () => {
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes(music([{ ...song, title: 'X' }]))]);
    body[body.indexOf('"X"') + 1] = 0xff;

    const result = parseCallback(body);

    expect(result).toMatchObject({ callback: { tracks: [{ title: '\ufffd' }], assets: [{ kind: 'audio' }] } });
  });

  test('the answers providers send in place of a link are no links', () => {
    for (const audio_url of ['https://h.example/None.mp3', 'https://h.example/x/forbidden', '  ']) {
      expect(parsed(music([{ ...song, audio_url }])).failure?.outcome).toBe('no_media');
    }
  });

  test('a success without any media is a failure with its own name', () => {
    expect(parsed(music(null))).toMatchObject({ stage: 'error', failure: { code: 200, outcome: 'no_media' } });
  });

  test('a link that is no link is kept as a source, so that its refusal is seen', () => {
    const callback = parsed({ code: 200, data: { task_id: 't', video_url: 'video_url_847715e66259' } });

    expect(callback.assets[0]?.urls).toEqual([{ field: 'video_url', url: 'video_url_847715e66259' }]);
  });
});

describe('tracks', () => {
  test('one without an id is known by its place', () => {
    const { id: _, ...nameless } = song;

    expect(parsed(music([song, { ...nameless, audio_url: 'https://h.example/b.mp3' }])).tracks).toMatchObject([
      { trackId: 'a' },
      { trackId: 'track-2' },
    ]);
  });

  test('two songs under one id are both kept', () => {
    const callback = parsed(music([song, { ...song, audio_url: 'https://h.example/b.mp3' }]));

    expect(callback.assets.map(({ trackId }) => trackId)).toEqual(['a', 'a~2']);
  });

  test('the same song twice is one', () => {
    expect(parsed(music([song, song])).tracks).toHaveLength(1);
  });
});

describe('unrecognised callbacks', () => {
  const cases: [string, unknown, RegExp][] = [
    ['no JSON', '{"code": 200', /not a JSON object/],
    ['a JSON text', '"hello"', /not a JSON object/],
    ['no task id', { code: 200, data: {} }, /no task id/],
    ['no status code', { data: { task_id: 't' } }, /no status code/],
    ['an unknown shape', { code: 200, data: { task_id: 't', hologram_url: 'https://h.example/x' } }, /no known kind/],
    [
      'a result that is no JSON',
      { code: 200, data: { taskId: 't', model: 'm', state: 'success', resultJson: '{' } },
      /no known/,
    ],
  ];

  test.each(cases)('%s is reported as unrecognised, with the reason', (_, body, reason) => {
    expect(parseCallback(bytes(body))).toEqual({ unrecognised: expect.stringMatching(reason) });
  });

  test('a body nested 10,000 deep neither throws nor hangs', () => {
    const deep = `{"code":200,"data":{"callbackType":"complete","task_id":"t","data":[{"id":"a","audio_url":"https://h.example/a.mp3","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}}`;

    expect(parseCallback(bytes(deep))).toMatchObject({ callback: { assets: [{ kind: 'audio' }] } });
  });

  test('__proto__ keys change nothing beyond the callback', () => {
    const body =
      '{"__proto__":{"polluted":1},"code":200,"data":{"__proto__":{"task_id":"evil"},"task_id":"t","video_url":"https://h.example/v.mp4"}}';

    expect(parsed(body)).toMatchObject({ taskId: 't', kind: 'video' });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('the task id', () => {
  const places: [unknown, string | null][] = [
    [{ data: { task_id: 'a' } }, 'a'],
    [{ data: { taskId: 'a' } }, 'a'],
    [{ task_id: 'a', data: [] }, 'a'],
    [{ taskId: 'root', data: { task_id: 'inner' } }, 'inner'],
    [{ data: { task_id: 17 } }, '17'],
    [{ data: { task_id: '' } }, null],
    [{ data: { task_id: 'x'.repeat(512) } }, 'x'.repeat(512)],
    [{ data: { task_id: 'x'.repeat(513) } }, null],
    [{ data: { task_id: '\u4e2d'.repeat(171) } }, null],
    [{ data: { task_id: 'half \ud83c' } }, 'half \ufffd'],
    [{ data: { task_id: {} } }, null],
    [[], null],
    [null, null],
  ];

  test.each(places)('of %j is %j', (body, id) => {
    expect(findTaskId(body)).toBe(id);
  });
});

describe('a point in time', () => {
  const times: [string | number, string | null][] = [
    [1758044664461, '2025-09-16T17:44:24.461Z'],
    [1758044664, '2025-09-16T17:44:24.000Z'],
    ['1758044664461', '2025-09-16T17:44:24.461Z'],
    ['2025-01-01 00:00:00', '2025-01-01T00:00:00.000Z'],
    ['2025-01-15T10:35:27.000Z', '2025-01-15T10:35:27.000Z'],
    ['yesterday', null],
    [Number.MAX_VALUE, null],
  ];

  test.each(times)('sent as %j is %j', (sent, instant) => {
    expect(parseTime(sent)).toBe(instant);
  });
});
