import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Shape } from '../../../../functions/domain/answer/endpoints.ts';
import { read } from './answers.ts';

const shapes: Shape[] = ['music', 'video', 'wav', 'stems', 'cover', 'lyrics', 'midi', 'voice', 'recovery', 'job'];

/** The field names that are searched for, and wrong values for them. */
const field = fc.constantFrom(
  ...['taskId', 'task_id', 'status', 'successFlag', 'state', 'response', 'sunoData', 'data', 'id', 'errorCode'],
  ...['audioUrl', 'audio_url', 'streamAudioUrl', 'stream_audio_url', 'sourceStreamAudioUrl', 'source_stream_audio_url'],
  ...['videoUrl', 'audioWavUrl', 'vocalUrl', 'vocal_stream_url', 'images', 'resultJson', 'resultUrls', 'model', 'stem'],
  ...['originData', 'extract', 'remove', 'midiData', 'instruments', 'text', 'duration', 'createTime', '__proto__'],
);
const word = fc.constantFrom(
  'SUCCESS',
  'CALLBACK_EXCEPTION',
  'PENDING',
  'success',
  'FAILED',
  'separate-vocals',
  'video',
  '',
);
const url = fc.webUrl();
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6 },
    fc.oneof(word, url, fc.jsonValue({ maxDepth: 1 }), fc.double(), fc.integer({ min: -1, max: 600 })),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(field, tie('tree'), { maxKeys: 8 }),
    fc.dictionary(field, tie('tree'), { maxKeys: 8 }).map((value) => JSON.stringify(value)),
  ),
}));
const code = fc.constantFrom<unknown>(200, 200, '200', 0, 201, 500, null);
const answer = fc.oneof(
  fc.jsonValue(),
  fc.record({ code, data: tree }),
  fc.record({ code, data: fc.record({ state: word, response: tree, resultJson: tree, model: word }) }),
);

test('whatever is answered, reading it throws nothing, believes no other task, and finds no stream link', () => {
  fc.assert(
    fc.property(answer, fc.constantFrom(...shapes), (body, shape) => {
      const told = read(shape, body, { taskId: 'asked' });

      if (!('callback' in told)) return;
      const { taskId, provider, stage, failure, assets } = told.callback;
      expect([taskId, provider]).toEqual(['asked', 'sunoapi.org']);
      expect(stage === 'error').toBe(failure !== null);
      expect(assets.flatMap(({ urls }) => urls).filter((source) => /stream/i.test(source.field))).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});

test('a stream link is found under no name, whatever stands around it', () => {
  const stream = 'https://audiostream.example.com/stream/a.mp3';
  const streams = fc.constantFrom(
    'streamAudioUrl',
    'stream_audio_url',
    'sourceStreamAudioUrl',
    'source_stream_audio_url',
    'stream_url',
  );
  const song = fc
    .tuple(streams, fc.dictionary(field, fc.oneof(word, fc.constant(null))))
    .map(([name, rest]) => ({ id: 'a', ...rest, [name]: stream }));
  const holder = song.map((one) => ({
    ...one,
    sunoData: [one],
    data: [one],
    originData: [one, { extract: one, remove: one }],
  }));
  const body = fc.tuple(holder, fc.boolean()).map(([response, isText]) => ({
    code: 200,
    data: {
      state: 'success',
      model: 'separate-vocals',
      response,
      resultJson: isText ? JSON.stringify(response) : response,
    },
  }));
  fc.assert(
    fc.property(body, fc.constantFrom(...shapes), (sent, shape) => {
      expect(JSON.stringify(read(shape, sent, { taskId: 'asked' }))).not.toContain(stream);
    }),
    { numRuns: 1_000 },
  );
});
