import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withIdleLimit } from '../../../functions/adapters/idle-limit.ts';

const idleMs = 30_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('gives up a host that sends nothing for the limit, and says how far it came', async () => {
  const { response, body } = open(null);
  response.push('abc');
  await body.next();

  const waiting = expect(body.next()).rejects.toMatchObject({
    code: 'idle_timeout',
    message: 'nothing came for 30000 ms, after 3 bytes',
  });
  vi.advanceTimersByTime(idleMs);

  await waiting;
  expect(response.destroyed).toBe(true);
});

test('is patient until the limit, and again after each chunk', async () => {
  const { response, body } = open(null);

  for (const chunk of ['a', 'b', 'c']) {
    const next = body.next();
    vi.advanceTimersByTime(idleMs - 1);
    response.push(chunk);
    expect(await next).toEqual({ done: false, value: Buffer.from(chunk) });
  }
});

test('does not hold the time that the reader takes against the host', async () => {
  const { response, body } = open(2);
  response.push('a');
  await body.next();

  vi.advanceTimersByTime(10 * idleMs);
  response.push('b');
  response.push(null);

  expect(await Array.fromAsync(body)).toEqual([Buffer.from('b')]);
});

test('leaves no timer behind', async () => {
  const { response, body } = open(1);
  response.push('a');
  response.push(null);

  await Array.fromAsync(body);

  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['fewer', 5, 'the host ended after 3 of 5 bytes'],
  ['more', 2, 'the host ended after 3 of 2 bytes'],
  ['none although some were promised', 1, 'the host ended after 0 of 1 bytes', ''],
])('calls a body cut that has other bytes than promised: %s', async (_what, promised, message, sent = 'abc') => {
  const { response, body } = open(promised);
  response.push(sent);
  response.push(null);

  await expect(Array.fromAsync(body)).rejects.toMatchObject({ code: 'cut', message });
});

test('passes an empty body on where nothing else was promised', async () => {
  const { response, body } = open(0);
  response.push(null);

  expect(await Array.fromAsync(body)).toEqual([]);
});

test('calls a connection that broke cut, and keeps the cause', async () => {
  const { response, body } = open(null);
  response.push('abc');
  await body.next();
  const broken = new Error('read ECONNRESET');

  const waiting = expect(body.next()).rejects.toMatchObject({ code: 'cut', cause: broken });
  response.destroy(broken);

  await waiting;
});

test("calls a connection that broke at the function's own end no cut", async () => {
  const { response, body, end } = open(null);
  response.push('abc');
  await body.next();

  const waiting = expect(body.next()).rejects.toMatchObject({ code: 'out_of_time' });
  end.abort();
  response.destroy(new Error('aborted'));

  await waiting;
});

test('lets the connection go when the reader stops early', async () => {
  const { response, body } = open(null);
  response.push('abc');

  for await (const _chunk of body) break;

  expect(response.destroyed).toBe(true);
});

function open(promisedBytes: number | null) {
  const response = new IncomingMessage(new Socket());
  const end = new AbortController();
  return { response, end, body: withIdleLimit(response, promisedBytes, idleMs, end.signal) };
}
