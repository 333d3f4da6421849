// F59: the provider's API is down, throttles, or rejects the key. Nothing is thrown, and every wait ends.
import { expect, test } from 'vitest';
import { type Behaviour, cut, hang, reply, reset, trickle } from '../../../doubles/aws-server.ts';
import { musicAnswer } from '../../../doubles/provider-server.ts';
import { keys, openProviders, secretOf } from './provider-setup.ts';

const now = new Date('2026-11-21T12:00:00Z');
const clock = { now: () => now };
const code = (value: number, headers = {}) => reply(200, JSON.stringify({ code: value, msg: 'no' }), headers);
const done = musicAnswer('t1', 'SUCCESS', [{ id: 'a', audioUrl: 'https://h.example/a.mp3' }]);

const down: [string, Behaviour, number | null, RegExp][] = [
  ['430', code(430), null, /430: it was polled too often/],
  ['405', code(405), null, /405: it was polled too often/],
  ['455', code(455), null, /455: it is under maintenance/],
  ['408', code(408), null, /408/],
  ['500', code(500), null, /500: no/],
  ['430 and when to come back', code(430, { 'retry-after': '120' }), 120_000, /430/],
  [
    '503 and the hour to come back',
    reply(503, '{}', { 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' }),
    60_000,
    /503/,
  ],
  ['a page', reply(200, '<html>busy</html>'), null, /HTTP 200, and no JSON/],
  ['a page of the gateway', reply(502, '<html>'), null, /HTTP 502, and no JSON/],
  ['nothing', reply(204), null, /HTTP 204/],
  ['a redirect', reply(302, '', { location: 'https://h.example/' }), null, /HTTP 302/],
  ['a JSON text', reply(200, '"hello"'), null, /no JSON object/],
  [
    'JSON nested 10,000 deep',
    reply(200, `{"code":200,"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    null,
    /"data"/,
  ],
  ['an answer that is cut', cut, null, /cut/],
  ['a connection that is reset', reset, null, /sunoapi\.org: /],
];

test.each(down)('F59: a provider that answers %s is unavailable', async (_, behaviour, retryAfterMs, words) => {
  const { ask, sunoapi } = await openProviders({ clock });
  sunoapi.misbehave(behaviour);

  expect(await ask()).toEqual({ outcome: 'unavailable', detail: expect.stringMatching(words), retryAfterMs });
  expect(sunoapi.requests).toHaveLength(1);
});

test('F59: a provider that is back answers as if nothing had been', async () => {
  const { ask, sunoapi } = await openProviders();
  sunoapi.tell('music', 't1', done);
  sunoapi.misbehave(code(455), reply(502));

  const outcomes = [await ask(), await ask(), await ask()].map(({ outcome }) => outcome);

  expect(outcomes).toEqual(['unavailable', 'unavailable', 'answered']);
});

test('F59: a throttled question is not asked once more in other words', async () => {
  const { ask, kie } = await openProviders();
  kie.misbehave(code(429));

  expect(await ask({ provider: 'kie.ai' })).toMatchObject({ outcome: 'unavailable' });
  expect(kie.requests).toHaveLength(1);
});

test('F59: 429 means too often at kie.ai and no credits at sunoapi.org', async () => {
  const { ask, sunoapi, kie } = await openProviders();
  sunoapi.misbehave(code(429));
  kie.misbehave(code(429));

  expect(await ask({ provider: 'kie.ai' })).toMatchObject({ outcome: 'unavailable' });
  expect(await ask()).toMatchObject({
    outcome: 'refused',
    refusal: 'credits',
    detail: expect.stringContaining('no credits'),
  });
});

test('F59: a key that was revoked is refused with an explanation that does not contain it, and the next one is taken', async () => {
  let time = now.getTime();
  const secrets = [secretOf({ 'sunoapi.org': 'a-key-that-was-revoked' }), secretOf(keys)];
  const { ask, sunoapi } = await openProviders({ secrets, clock: { now: () => new Date(time) } });
  sunoapi.tell('music', 't1', done);

  const refused = await ask();
  time += 5 * 60_000;

  expect(refused).toMatchObject({
    outcome: 'refused',
    refusal: 'key',
    detail: expect.stringMatching(/401: it does not accept the API key/),
  });
  expect(JSON.stringify(refused)).not.toContain('revoked');
  expect(await ask()).toMatchObject({ outcome: 'answered' });
});

test('F59: one provider that is down does not hide that the other knows the task', async () => {
  const { ask, sunoapi, kie } = await openProviders();
  kie.tell('music', 't1', done);
  sunoapi.misbehave(code(500), code(500));

  expect(await ask({ provider: 'unknown' })).toMatchObject({ outcome: 'answered', callback: { provider: 'kie.ai' } });
  kie.forget('music', 't1');
  expect(await ask({ provider: 'unknown' })).toMatchObject({ outcome: 'unavailable' });
});

test.each([
  ['says nothing', hang, { totalMs: 100 }, /no complete response within 100 ms/],
  ['never ends', trickle, { totalMs: 200 }, /no complete response within 200 ms/],
  ['sends more than it may', reply(200, Buffer.alloc(4 * 1024 ** 2 + 1)), {}, /over 4194304 bytes/],
])('P7: a provider that %s is left', async (_, behaviour, limits, words) => {
  const { ask, sunoapi } = await openProviders({ limits });
  sunoapi.misbehave(behaviour);

  expect(await ask()).toMatchObject({ outcome: 'unavailable', detail: expect.stringMatching(words) });
});

test('an answer with all notes of a MIDI may be as large as a callback', async () => {
  const { ask, sunoapi } = await openProviders();
  const instruments = [{ name: 'x'.repeat(4_000_000), notes: [] }];
  sunoapi.tell('midi', 't1', { code: 200, data: { taskId: 't1', successFlag: 1, midiData: { instruments } } });

  expect(await ask({ kind: 'midi' })).toMatchObject({ outcome: 'answered', callback: { stage: 'complete' } });
});

test('a redirect is not followed: no one else sees the key', async () => {
  const { ask, sunoapi, kie } = await openProviders();
  sunoapi.misbehave(reply(307, '', { location: `${kie.url}/api/v1/generate/record-info?taskId=t1` }));

  await ask();

  expect(kie.requests).toEqual([]);
});

test('an aborted request returns at once, whatever the provider does', async () => {
  const { ask, freshLink, sunoapi, kie } = await openProviders();
  const stopping = new AbortController();
  const stop: Behaviour = () => stopping.abort();
  sunoapi.misbehave(stop);

  const stopped = { outcome: 'unavailable', detail: expect.stringContaining('stopped before') };
  expect(await ask({}, stopping.signal)).toMatchObject(stopped);
  expect(await ask({ provider: 'kie.ai' }, stopping.signal)).toMatchObject(stopped);
  expect(await freshLink('https://h.example/a.mp3', stopping.signal)).toBe('unavailable');
  expect(kie.requests).toEqual([]);
});

test('a connection that was closed while no one asked costs no question', async () => {
  const { ask, sunoapi } = await openProviders();
  sunoapi.tell('music', 't1', done);
  await ask();
  sunoapi.misbehave(({ request }) => request.socket.destroy());

  expect(await ask()).toMatchObject({ outcome: 'answered' });
});
