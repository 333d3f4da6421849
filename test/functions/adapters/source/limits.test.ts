// P7 at the source: a host, or the function itself, may end at any step, with either kind of connection.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpsSource } from '../../../../functions/adapters/source/https-source.ts';
import { deployment, failureOf, filledBy, schemes, setUpSource } from './source-setup.ts';

const ways = ['failure', 'rangeFailure'] as const;

describe.each(ways)('P7: %s: every wait has a limit:', (failure) => {
  test('DNS that never answers', async () => {
    const bench = await setUpSource({ names: { 'silent.test': [] }, limits: { connectMs: 30 } });

    expect(await bench[failure]('https://silent.test/')).toEqual({
      code: 'connect_timeout',
      detail: 'no connection to silent.test',
    });
  });

  test('a host that accepts the connection and never speaks TLS', async () => {
    const beside = await openBeside(createTcpServer(), { connectMs: 30 });

    expect(await beside[failure]('https')).toMatchObject({ code: 'connect_timeout' });
  });

  test('a host that speaks something else than TLS', async () => {
    const beside = await openBeside(createServer());

    expect(await beside[failure]('https')).toMatchObject({ code: 'tls_failed' });
  });

  test('no one there', async () => {
    const beside = await openBeside(createTcpServer());
    await beside.close();

    expect(await beside[failure]('http')).toMatchObject({ code: 'connect_failed' });
  });

  test.each(schemes)('F31 a host that takes the question by %s and sends nothing', async (scheme) => {
    const bench = await setUpSource({ scheme, limits: { firstByteMs: 30 } });

    expect(await bench[failure]('/mute/song.mp3')).toEqual({
      code: 'first_byte_timeout',
      detail: expect.stringContaining('accepted and sent nothing'),
    });
    await bench.server.allGone();
  });

  test('F31 a host whose head comes byte by byte', async () => {
    const bench = await setUpSource({ limits: { firstByteMs: 60 } });

    expect(await bench[failure]('/slow-head/song.mp3?every=5')).toMatchObject({ code: 'first_byte_timeout' });
    await bench.server.allGone();
  });

  test.each(schemes)('F31 a host that sends a byte now and then over %s', async (scheme) => {
    // Far more than a byte every 5 ms, and long enough for one byte to arrive on any machine.
    const bench = await setUpSource({ scheme, limits: { idleMs: 500, minimumRate: 100_000 } });

    expect(await bench[failure]('/drip/song.mp3?every=5')).toEqual({
      code: 'too_slow',
      detail: expect.stringMatching(/^only \d+ bytes arrived in 500 ms, of \d+$/),
    });
    await bench.server.allGone();
  });

  test('a change of protocol that no one asked for', { timeout: 3_000 }, async () => {
    const bench = await setUpSource({ limits: { firstByteMs: 100 } });

    expect(await bench[failure]('/switch/song.mp3')).not.toMatchObject({ code: 'none' });
  });
});

describe.each(schemes)('P7: F31 a host that stalls over %s is given up', (scheme) => {
  test.each([
    ['in the middle', 0.5, 1_500],
    ['at 99 %', 0.99, 2_970],
  ])('%s', async (_where, at, bytes) => {
    const { failure, server } = await setUpSource({ scheme, limits: { idleMs: 30 } });

    expect(await failure(`/stall/song.mp3?at=${at}`)).toEqual({
      code: 'idle_timeout',
      detail: `nothing arrived for 30 ms, after ${bytes} bytes`,
    });
    await server.allGone();
  });

  test('by a connection too', async () => {
    const { rangeFailure, server } = await setUpSource({ scheme, limits: { idleMs: 30 } });

    expect(await rangeFailure('/stall/song.mp3?at=0.99', { bytes: 1_000 })).toEqual({
      code: 'idle_timeout',
      detail: 'nothing arrived for 30 ms, after 990 bytes',
    });
    await server.allGone();
  });
});

describe('a function that runs out of time stops', () => {
  test.each(ways)('before it asks: %s', async (failure) => {
    const bench = await setUpSource();

    expect(await bench[failure]('/whole/song.mp3', { signal: AbortSignal.abort() })).toEqual({
      code: 'out_of_time',
      detail: 'stopped before the function ran out of time',
    });
    expect(bench.server.connections()).toBe(0);
  });

  test.each(ways)('while it waits for a connection: %s', async (failure) => {
    const bench = await setUpSource({ names: { 'silent.test': [] } });
    const end = new AbortController();

    const failing = bench[failure]('https://silent.test/', { signal: end.signal });
    end.abort();

    expect(await failing).toMatchObject({ code: 'out_of_time' });
  });

  test.each(ways)('while it waits for an answer: %s', async (failure) => {
    const bench = await setUpSource();
    const end = new AbortController();
    void bench.server.nextRequest().then(() => end.abort());

    expect(await bench[failure]('/mute/song.mp3', { signal: end.signal })).toMatchObject({ code: 'out_of_time' });
    await bench.server.allGone();
  });

  test('in the middle of a file, and knows that the host did not cut it', async () => {
    const { open, server } = await setUpSource();
    const end = new AbortController();
    const { read } = await open('/stall/song.mp3', { signal: end.signal });
    await read(Buffer.alloc(1_500));

    const reading = expect(read(Buffer.alloc(1_500))).rejects.toMatchObject({ code: 'out_of_time' });
    end.abort();

    await reading;
    await server.allGone();
  });

  test('between two reads, and knows it at the next one', async () => {
    const { open, server } = await setUpSource();
    const end = new AbortController();
    const { read } = await open('/stall/song.mp3', { signal: end.signal });
    await read(Buffer.alloc(1_000));

    end.abort();
    await server.allGone();

    await expect(read(Buffer.alloc(1_000))).rejects.toMatchObject({ code: 'out_of_time' });
  });
});

/** A server of another kind than the bench's, and a source that may connect to it. */
async function openBeside(server: Server, changed: { connectMs?: number } = {}) {
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
  const source = createHttpsSource({ allowedPrivateSources: [host], limits: { ...deployment, ...changed } });
  const { signal } = new AbortController();
  return {
    close,
    failure: (scheme: 'http' | 'https') =>
      failureOf(() => source.open(`${scheme}://${host}/`, { signal, maxBytes: Infinity, aheadBytes: 1 })),
    rangeFailure: (scheme: 'http' | 'https') =>
      failureOf(() =>
        filledBy(source.connectRange(`${scheme}://${host}/`, { signal, version: '"1"', totalBytes: 9 }), 0, 9),
      ),
  };
}
