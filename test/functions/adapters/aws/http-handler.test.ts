// The HTTP handler of the SDK's clients: every wait and every response has a limit, and a body is sent without a copy
// (P7).
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Behaviour, hang, reply, replyEarly, switchProtocols, trickle } from '../../../doubles/aws-server.ts';
import { checkSignature } from '../../../doubles/check-signature.ts';
import { bucketAt, head, sendPart, setUpServer } from '../s3/s3-setup.ts';

const MiB = 1024 ** 2;
const taken = reply(200, '', { etag: '"e"' });

/** Accepts connections and never answers, so that a TLS handshake with it never ends. */
async function openMuteServer() {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `https://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`;
}

describe('a request', () => {
  test('whose connection is never established fails in time', async () => {
    const bucket = bucketAt(await openMuteServer(), { connectMs: 20 });

    await expect(bucket.write('song', 'la', head)).rejects.toThrow('no connection within 20 ms');
  });

  test('that is not answered is given up, and sent again', async () => {
    const { server, bucket } = await setUpServer([hang, taken], { idleMs: 250 });

    expect(await bucket.write('song', 'la', head)).toEqual({ etag: '"e"' });
    expect(server.connections()).toBeGreaterThan(1);
  });

  test('whose body S3 stops reading is given up, and sent again', async () => {
    const { server, bucket } = await setUpServer([hang, taken], { idleMs: 500 });

    expect(await bucket.write('song', Buffer.alloc(16 * MiB), head)).toEqual({ etag: '"e"' });
    expect(server.requests.map(({ isComplete }) => isComplete()).slice(0, 2)).toEqual([false, true]);
  });

  test('is sent over the connection of the one before, which may have been idle', async () => {
    const { server, bucket } = await setUpServer([taken], { idleMs: 50 });

    await bucket.write('song', 'la', head);
    await setTimeout(100);
    await bucket.write('song', Buffer.alloc(MiB), head);

    expect(server.requests).toHaveLength(2);
  });

  test('that finds its kept connection closed closes all idle ones, so that the SDK repeats it once', async () => {
    let isFrozen = false;
    // Like a load balancer whose connections expired while this process was frozen.
    const expiring: Behaviour = (asked) =>
      isFrozen && asked.ofConnection > 1 ? asked.request.socket.resetAndDestroy() : taken(asked);
    const { server, bucket } = await setUpServer([expiring]);
    await Promise.all(Array.from({ length: 40 }, (_, index) => bucket.write(`song-${index}`, 'la', head)));
    const before = server.requests.length;
    isFrozen = true;

    expect(await bucket.write('song', 'la', head)).toEqual({ etag: '"e"' });

    expect(server.requests.length - before).toBe(2);
  });

  test('of one connection is followed by others over it', async () => {
    const { server, bucket } = await setUpServer([taken]);

    for (let count = 0; count < 3; count++) await bucket.write('song', 'la', head);

    expect(server.connections()).toBe(1);
  });

  test('is signed, its CRC32 included, and sent without waiting for leave', async () => {
    const { server, bucket } = await setUpServer([taken]);

    await bucket.write('song', Buffer.alloc(3 * MiB), head, 'absent');
    await sendPart(bucket.upload('video', 'id'), 1, Buffer.alloc(3 * MiB));

    for (const request of server.requests) {
      expect(checkSignature(request, 'local')).toMatchObject({ service: 's3' });
      expect(request.headers).not.toHaveProperty('expect');
      expect(request.headers).toHaveProperty('x-amz-checksum-crc32');
      expect(request.body).toHaveLength(3 * MiB);
    }
  });

  test('is taken completely and in order by an S3 that reads slowly, however long that takes', async () => {
    const body = Buffer.alloc(24 * MiB);
    for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(at, at);
    // The ETag is the digest of what arrived.
    const sluggish: Behaviour = async ({ request, response }) => {
      const hash = createHash('sha256');
      for await (const chunk of request) {
        hash.update(chunk);
        await setImmediate();
      }
      response.writeHead(200, { etag: hash.digest('hex') }).end();
    };
    const { bucket } = await setUpServer([sluggish]);

    const written = await bucket.write('song', [body.subarray(0, 9_000_001), body.subarray(9_000_001)], head);

    expect(written).toEqual({ etag: createHash('sha256').update(body).digest('hex') });
  });
});

describe('an answer', () => {
  test('before the end of the body is taken, and the rest of the body is not sent', async () => {
    const { server, bucket } = await setUpServer([replyEarly(403)]);

    await expect(bucket.write('song', Buffer.alloc(64 * MiB), head)).rejects.toThrow('403');

    expect(server.requests.map(({ isComplete }) => isComplete())).toEqual([false]);
  });

  test('that is cut is no answer, and the request is sent again', async () => {
    const half: Behaviour = ({ response }) =>
      response.writeHead(200, { 'content-length': 10, etag: '"e"' }).write('half', () => response.destroy());
    const { server, bucket } = await setUpServer([half, reply(200, 'la la', { etag: '"e"' })]);

    expect(await bucket.read('song')).toEqual({ text: 'la la', etag: '"e"' });
    expect(server.requests).toHaveLength(2);
  });

  test('that is cut is no answer either if it has a checksum', async () => {
    const half: Behaviour = ({ response }) =>
      response
        .writeHead(200, { 'content-length': 10, etag: '"e"', 'x-amz-checksum-crc32': 'AAAAAA==' })
        .write('half', () => response.destroy());
    const { bucket } = await setUpServer([half]);

    await expect(bucket.read('song')).rejects.toThrow('GetObject song');
  });

  test('that switches to another protocol is no answer', async () => {
    const { server, bucket } = await setUpServer([switchProtocols, taken]);

    expect(await bucket.write('song', 'la', head)).toEqual({ etag: '"e"' });
    expect(server.requests).toHaveLength(2);
  });

  test('that arrives byte by byte and never ends is given up at the limit of the call', async () => {
    const { bucket } = await setUpServer([trickle], { totalMs: 200 });

    await expect(bucket.write('song', 'la', head)).rejects.toThrow('no complete response within 200 ms');
  });

  test('of every operation has the same cap, also of those that the SDK reads itself', async () => {
    const { server, bucket } = await setUpServer([reply(200, Buffer.alloc(8 * MiB + 1))]);

    await expect(bucket.uploadsAt('song')).rejects.toThrow('a body of over 8388608 bytes');
    expect(server.requests).toHaveLength(1);
  });
});

test('a clock that is wrong by an hour is corrected by the answer of S3', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000);
  const skewed = '<?xml version="1.0"?><Error><Code>RequestTimeTooSkewed</Code><Message>m</Message></Error>';
  const { server, bucket } = await setUpServer([reply(403, skewed, { date: inAnHour.toUTCString() }), taken]);

  expect(await bucket.write('song', 'la', head)).toEqual({ etag: '"e"' });

  const [first, second] = server.requests.map(({ headers }) => String(headers['x-amz-date']));
  expect(Number(second?.slice(9, 11)) - Number(first?.slice(9, 11))).toBeOneOf([1, -23]);
});
