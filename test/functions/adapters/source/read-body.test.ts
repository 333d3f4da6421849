// A body that node:http reads. Misbehaving hosts are in open.test.ts.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createStallDetector } from '../../../../functions/adapters/source/failures.ts';
import { readBody } from '../../../../functions/adapters/source/read-body.ts';
import { deployment } from './source-setup.ts';

test.each([
  ['fewer', 5, 'the host ended after 3 of 5 bytes'],
  ['none although some were promised', 1, 'the host ended after 0 of 1 bytes', ''],
])('calls a body cut that has other bytes than promised: %s', async (_what, promised, message, sent = 'abc') => {
  const { response, body } = open(promised);
  response.push(sent);
  response.push(null);

  await expect(body.read(Buffer.alloc(10))).rejects.toMatchObject({ code: 'cut', message });
});

test('reads no more than was promised', async () => {
  const { response, body } = open(2);
  const into = Buffer.alloc(10);
  response.push('abc');

  expect(await body.read(into)).toBe(2);
  expect(into.toString('latin1', 0, 3)).toBe('ab\0');
});

test('passes an empty body on where nothing else was promised', async () => {
  const { response, body } = open(0);
  response.push(null);

  expect(await body.read(Buffer.alloc(10))).toBe(0);
});

test('reads on from where the last read ended, in the middle of a chunk too', async () => {
  const { response, body } = open(null);
  response.push('abcdefgh');
  response.push('ij');
  response.push(null);

  const words: string[] = [];
  for (const bytes of [3, 1, 3, 5]) {
    const into = Buffer.alloc(bytes);
    words.push(into.toString('latin1', 0, await body.read(into)));
  }

  expect(words).toEqual(['abc', 'd', 'efg', 'hij']);
});

test('calls a connection that broke cut, and keeps the cause', async () => {
  const { response, body } = open(null);
  response.push('abc');
  await body.read(Buffer.alloc(3));
  const broken = new Error('read ECONNRESET');

  const reading = expect(body.read(Buffer.alloc(3))).rejects.toMatchObject({ code: 'cut', cause: broken });
  response.destroy(broken);

  await reading;
  await expect(body.read(Buffer.alloc(3))).rejects.toMatchObject({ code: 'cut', cause: broken });
});

test("calls a connection that broke at the function's own end no cut", async () => {
  const { response, body, end } = open(null);

  const reading = expect(body.read(Buffer.alloc(3))).rejects.toMatchObject({ code: 'out_of_time' });
  end.abort();
  response.destroy(new Error('aborted'));

  await reading;
});

test('does not call a body cut that broke after all of it was read', async () => {
  const { response, body } = open(3);
  response.push('abc');
  const into = Buffer.alloc(10);

  const bytes = await body.read(into);
  response.destroy(new Error('read ECONNRESET'));

  expect([bytes, await body.read(into)]).toEqual([3, 0]);
});

test('ends a connection on which more comes after it was let go', async () => {
  const { response, body } = open(3);
  response.push('abc');
  await body.read(Buffer.alloc(3));

  body.letGo();
  expect(response.destroyed).toBe(false);
  response.push('d');

  await expect.poll(() => response.destroyed).toBe(true);
});

test('ends a connection on which more had come before it was let go', async () => {
  const { response, body } = open(3);
  response.push('abcd');
  await body.read(Buffer.alloc(3));

  body.letGo();

  expect(response.destroyed).toBe(true);
});

function open(promisedBytes: number | null) {
  const response = new IncomingMessage(new Socket());
  const end = new AbortController();
  const body = readBody(response, {
    promisedBytes,
    maxBytes: 1_000,
    signal: end.signal,
    stalls: createStallDetector(deployment),
  });
  return { response, end, body };
}
