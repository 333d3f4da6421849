import { once } from 'node:events';
import http from 'node:http';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { writeBody } from '../../../functions/adapters/http-client.ts';

const KiB = 1024;

async function write(body: Uint8Array[]) {
  const sent: number[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      sent.push(chunk.length);
      setImmediate(done);
    },
  });
  const request = http.request({
    createConnection: () => socket,
    method: 'PUT',
    headers: { 'content-length': String(Buffer.concat(body).length) },
  });
  let moves = 0;
  writeBody(request, body, () => moves++);
  await once(request, 'finish');
  // The head of the request goes first.
  return { slices: sent.slice(1), moves };
}

test('a body goes out in slices, and each one that is taken is a sign of life', async () => {
  const { slices, moves } = await write([Buffer.alloc(600 * KiB), Buffer.alloc(100 * KiB)]);

  expect(slices.map((bytes) => bytes / KiB)).toEqual([256, 256, 88, 100]);
  expect(moves).toBeGreaterThan(2);
});

test.each([[[]], [[Buffer.alloc(0)]]])('a request without a body ends all the same: %j', async (body) => {
  expect(await write(body)).toMatchObject({ slices: [] });
});
