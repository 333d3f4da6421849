// P7 at the source: a host, or the function's own end, may come at any step of the way.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpsSource } from '../../../functions/adapters/https-source.ts';
import { openSourceBench, patient } from './source-bench.ts';

describe('P7: every wait has a limit:', () => {
  test('DNS that never answers', async () => {
    const { failure } = await openSourceBench({ names: { 'silent.test': [] }, limits: { connectMs: 30 } });

    expect(await failure('https://silent.test/')).toEqual({
      code: 'connect_timeout',
      detail: 'no connection to silent.test',
    });
  });

  test('a host that accepts the connection and never speaks TLS', async () => {
    const { open } = await openBeside(createTcpServer());

    await expect(open('https', { connectMs: 30 })).rejects.toMatchObject({ code: 'connect_timeout' });
  });

  test('a host that speaks something else than TLS', async () => {
    const { open } = await openBeside(createServer());

    await expect(open('https')).rejects.toMatchObject({ code: 'connect_failed' });
  });

  test('nobody there', async () => {
    const { open, close } = await openBeside(createTcpServer());
    await close();

    await expect(open('http')).rejects.toMatchObject({ code: 'connect_failed' });
  });

  test.each(['http', 'https'] as const)('a host that takes the question by %s and sends nothing', async (scheme) => {
    const { failure, server } = await openSourceBench({ scheme, limits: { firstByteMs: 30 } });

    expect(await failure('/mute/song.mp3')).toMatchObject({ code: 'first_byte_timeout' });
    await server.allGone();
  });

  test.each(['http', 'https'] as const)('a host that stalls in the middle over %s', async (scheme) => {
    const { failure, server } = await openSourceBench({ scheme, limits: { idleMs: 30 } });

    expect(await failure('/stall/song.mp3')).toEqual({
      code: 'idle_timeout',
      detail: 'nothing came for 30 ms, after 1500 bytes',
    });
    await server.allGone();
  });

  test('a change of protocol that nobody asked for', { timeout: 3_000 }, async () => {
    const { failure } = await openSourceBench({ limits: { firstByteMs: 100 } });

    expect(await failure('/switch/song.mp3')).not.toMatchObject({ code: 'none' });
  });
});

describe('a function that runs out of time stops', () => {
  test('before it asks', async () => {
    const { failure, server } = await openSourceBench();

    expect(await failure('/whole/song.mp3', { signal: AbortSignal.abort() })).toMatchObject({ code: 'out_of_time' });
    expect(server.paths()).toEqual([]);
  });

  test('while it waits for an answer', async () => {
    const { failure, server } = await openSourceBench();
    const end = new AbortController();
    void server.nextRequest().then(() => end.abort());

    expect(await failure('/mute/song.mp3', { signal: end.signal })).toMatchObject({ code: 'out_of_time' });
    await server.allGone();
  });

  test('in the middle of a file, and knows that the host did not cut it', async () => {
    const { open, server } = await openSourceBench();
    const end = new AbortController();
    const { body } = await open('/stall/song.mp3', { signal: end.signal });

    const reading = (async () => {
      for await (const _chunk of body) end.abort();
    })();

    await expect(reading).rejects.toMatchObject({ code: 'out_of_time' });
    await server.allGone();
  });
});

/** A server of another kind than the bench's, and a source that may ask it. */
async function openBeside(server: Server) {
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server.close(), 'close');
  };
  onTestFinished(close);
  return {
    close,
    open(scheme: 'http' | 'https', changed: { connectMs?: number } = {}) {
      const openSource = createHttpsSource({ allowedPrivateSources: [host], limits: { ...patient, ...changed } });
      return openSource(`${scheme}://${host}/`, { signal: new AbortController().signal, maxBytes: Infinity });
    },
  };
}
