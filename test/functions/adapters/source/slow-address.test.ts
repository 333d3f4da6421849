import net, { type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpsSource } from '../../../../functions/adapters/source/https-source.ts';
import { watchConnectionAttempts } from '../../../doubles/connection-attempts.ts';
import { deployment, readAll, resolveFrom } from './source-setup.ts';

/** Blocks its thread until it is released, so that connections wait in its queue, which has room for two. */
const overloadedServer = `
  const { workerData, parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\\r\\ncontent-length: 3\\r\\n\\r\\nabc'));
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    parentPort.once('message', () => {
      parentPort.postMessage('blocked');
      Atomics.wait(workerData, 0, 0, 10_000);
    });
  });`;

test('a host whose first address takes a second to connect, and whose second one is dead, is read', async () => {
  const released = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(overloadedServer, { eval: true, workerData: released });
  onTestFinished(async () => void (await worker.terminate()));
  const next = () => new Promise((resolve) => worker.once('message', resolve));
  const port = Number(await next());
  worker.postMessage('block');
  await next();
  const fillers: Socket[] = [];
  for (let count = 0; count < 2; count++) {
    const filler = net.connect({ port, host: '127.0.0.1' });
    fillers.push(filler);
    await new Promise((resolve) => filler.once('connect', resolve));
  }
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
  });
  const source = createHttpsSource({
    allowedPrivateSources: [`slow.test:${port}`],
    resolve: resolveFrom({ 'slow.test': ['127.0.0.1', '127.0.0.9'] }),
    limits: deployment,
  });
  const attempts = watchConnectionAttempts();
  const { signal } = new AbortController();

  const opening = source.open(`http://slow.test:${port}/`, { signal, maxBytes: Infinity, aheadBytes: 1_000 });
  await expect.poll(attempts).toEqual([`127.0.0.1 ${port}`]);
  Atomics.store(released, 0, 1);
  Atomics.notify(released, 0);

  const opened = await opening;
  onTestFinished(opened.close);
  expect((await readAll(opened)).toString()).toBe('abc');
  expect(attempts()).toEqual([`127.0.0.1 ${port}`]);
});
