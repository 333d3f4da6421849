// Every wait has a limit, and every body a cap (P7).
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type Behaviour, hang, reply, trickle } from '../../../doubles/aws-server.ts';
import { openSenderBench } from './sender-bench.ts';

/** Accepts connections and never says a word: no TLS handshake comes about. */
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
  return new URL(`https://127.0.0.1:${typeof address === 'object' ? address?.port : undefined}/`);
}

test('a connection that does not come about has an end', async () => {
  const url = await openMuteServer();
  const { send } = await openSenderBench({ attempts: 1, limits: { connectMs: 50 } });

  await expect(send({ url })).rejects.toThrow(`${url.host}: no connection within 50 ms`);
});

test('a service that takes the request and says nothing is left, and asked again', async () => {
  const { send, server } = await openSenderBench({ behaviours: [hang, reply(200)], limits: { idleMs: 250 } });

  expect(await send()).toMatchObject({ status: 200 });
  expect(server.connections()).toBe(2);
});

test('a service that says nothing on a connection that it has kept is left as well', async () => {
  const behaviours = [reply(200), hang];
  const { send, server } = await openSenderBench({ attempts: 1, behaviours, limits: { idleMs: 250 } });

  await send();

  await expect(send()).rejects.toThrow('nothing came for 250 ms');
  expect(server.connections()).toBe(1);
});

test('a service that takes no more of the body is left', async () => {
  const { send, server } = await openSenderBench({ attempts: 1, behaviours: [hang], limits: { idleMs: 250 } });

  const sending = send({ method: 'PUT', body: [Buffer.alloc(64 * 1024 ** 2)] });

  await expect(sending).rejects.toThrow('nothing came for 250 ms');
  expect(server.requests.map(({ isComplete }) => isComplete())).toEqual([false]);
});

test('an answer that comes byte by byte and never ends has an end', async () => {
  const { send } = await openSenderBench({ attempts: 1, behaviours: [trickle], limits: { totalMs: 200 } });

  await expect(send()).rejects.toThrow('no whole answer within 200 ms');
});

test('an answer that is longer than it may be is not read to its end, and not asked for again', async () => {
  const { send, server } = await openSenderBench({ behaviours: [reply(200, Buffer.alloc(64 * 1024 + 1))] });

  await expect(send()).rejects.toMatchObject({ name: 'AnswerTooLargeError' });
  expect(server.requests).toHaveLength(1);
});

test('an answer may be as long as it may be', async () => {
  const { send } = await openSenderBench({ behaviours: [reply(200, Buffer.alloc(64 * 1024))] });

  expect((await send()).body).toHaveLength(64 * 1024);
});

test('a service that is slow to take the body gets all of it, in order', async () => {
  const body = Buffer.alloc(24 * 1024 ** 2);
  for (let at = 0; at < body.length; at += 4) body.writeUInt32LE(at, at);
  // The answer is the digest of what came.
  const sluggish: Behaviour = async ({ request, response }) => {
    const hash = createHash('sha256');
    for await (const chunk of request) {
      hash.update(chunk);
      await setImmediate();
    }
    response.end(hash.digest('hex'));
  };
  const { send } = await openSenderBench({ behaviours: [sluggish] });

  const answer = await send({ method: 'PUT', body: [body.subarray(0, 9_000_001), body.subarray(9_000_001)] });

  expect(answer.body.toString()).toBe(createHash('sha256').update(body).digest('hex'));
});
