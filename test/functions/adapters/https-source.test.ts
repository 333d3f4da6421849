import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpsSource } from '../../../functions/adapters/https-source.ts';
import { song } from '../../doubles/sample-files.ts';
import { openSourceBench, patient, readAll } from './source-bench.ts';

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  test('opens a file and passes its bytes on as they are', async () => {
    const { open, server } = await openSourceBench({ scheme });

    const opened = await open('/whole/song.mp3');

    expect(opened.promisedBytes).toBe(song().length);
    expect(await readAll(opened)).toEqual(song());
    await server.allGone();
  });

  test('follows a redirect, also a relative one, to a host that may be asked', async () => {
    const { bytes, server } = await openSourceBench({ scheme });

    expect(
      await bytes(`/redirect/307?to=${scheme}://media.test:${server.port}/redirect/301?to=../whole/song.mp3`),
    ).toEqual(song());
    expect(server.paths().at(-1)).toBe('/whole/song.mp3');
  });
});

test('says who calls and asks for the bytes unencoded, over a connection of its own', async () => {
  const { bytes, server } = await openSourceBench();

  await bytes('/whole/song.mp3');
  await bytes('/whole/song.mp3');

  expect(server.requests[0]?.headers).toEqual({
    'user-agent': expect.stringContaining('Trackkeeper/'),
    accept: '*/*',
    'accept-encoding': 'identity',
    host: `127.0.0.1:${server.port}`,
    connection: 'close',
  });
  expect(server.connections()).toBe(2);
});

test('asks for a link with a raw space, or other signs that a path must not have, in escaped form', async () => {
  const { open, server } = await openSourceBench();

  await open('/whole/my song "é".mp3?a=b c#part').catch(() => {});

  expect(server.paths()).toEqual(['/whole/my%20song%20%22%C3%A9%22.mp3?a=b%20c']);
});

test('does not know the length of a file whose host does not say', async () => {
  const { open } = await openSourceBench();

  const opened = await open('/chunked/song.mp3');

  expect(opened.promisedBytes).toBeNull();
  expect(await readAll(opened)).toEqual(song());
});

test('takes a body without length or chunks until the host closes', async () => {
  const { bytes } = await openSourceBench();

  expect(await bytes('/until-close/song.mp3')).toEqual(song());
});

test('reads no more than the host promised', async () => {
  const { bytes } = await openSourceBench();

  expect(await bytes('/sends-more/song.mp3')).toEqual(song().subarray(0, 1_500));
});

test('lets the connection go when a reader stops early', async () => {
  const { open, server } = await openSourceBench();
  const { body } = await open('/endless/song.mp3');

  for await (const _chunk of body) break;

  await server.allGone();
});

describe('an answer that is no whole file is refused with its reason:', () => {
  test.each([
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [410, 'not_found'],
    [441, 'not_found'],
    [408, 'throttled'],
    [429, 'throttled'],
    [503, 'throttled'],
    [500, 'server_error'],
    [502, 'server_error'],
    [599, 'server_error'],
    [204, 'unexpected_status'],
    [300, 'unexpected_status'],
    [304, 'unexpected_status'],
    [400, 'unexpected_status'],
    [418, 'unexpected_status'],
  ])('status %i is %s', async (status, code) => {
    const { failure, server } = await openSourceBench();

    expect(await failure(`/status/${status}`)).toEqual({ code, detail: `the host answered ${status}` });
    await server.allGone();
  });

  test('a part that nobody asked for, even if it is the whole', async () => {
    const { failure } = await openSourceBench();

    expect(await failure('/partial/song.mp3')).toEqual({ code: 'unexpected_status', detail: 'the host answered 206' });
  });

  test('bytes in an encoding that nobody asked for', async () => {
    const { failure, server } = await openSourceBench();

    expect(await failure('/gzip/song.mp3')).toMatchObject({ code: 'encoded', detail: expect.stringContaining('gzip') });
    await server.allGone();
  });

  test('headers without end', async () => {
    const { failure, server } = await openSourceBench();

    expect(await failure('/long-headers/song.mp3')).toMatchObject({ code: 'connect_failed' });
    await server.allGone();
  });

  test('a change of protocol that nobody asked for', { timeout: 3_000 }, async () => {
    const { failure } = await openSourceBench({ limits: { firstByteMs: 100 } });

    expect(await failure('/switch/song.mp3')).not.toMatchObject({ code: 'none' });
  });

  test('a hangup instead of an answer', async () => {
    const { failure } = await openSourceBench();

    expect(await failure('/hangup/song.mp3')).toMatchObject({ code: 'connect_failed' });
  });
});

describe('a body that breaks off is cut, not whole:', () => {
  test.each(['/cut/song.mp3', '/chunked-cut/song.mp3'])('%s', async (path) => {
    const { failure } = await openSourceBench();

    expect(await failure(path)).toEqual({ code: 'cut', detail: expect.stringContaining('the host ended after 1500') });
  });

  test('also when it broke off before anybody read it', async () => {
    const { open, server } = await openSourceBench();
    const opened = await open('/cut/song.mp3');
    await server.allGone();

    await expect(readAll(opened)).rejects.toMatchObject({ code: 'cut' });
  });
});

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

    await expect(open('https')).rejects.toMatchObject({ code: 'tls_failed' });
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
});

describe('a function that runs out of time stops', () => {
  test('before it asks', async () => {
    const { failure, server } = await openSourceBench();

    expect(await failure('/whole/song.mp3', AbortSignal.abort())).toMatchObject({ code: 'out_of_time' });
    expect(server.paths()).toEqual([]);
  });

  test('while it waits for an answer', async () => {
    const { failure, server } = await openSourceBench();
    const end = new AbortController();
    void server.nextRequest().then(() => end.abort());

    expect(await failure('/mute/song.mp3', end.signal)).toMatchObject({ code: 'out_of_time' });
    await server.allGone();
  });

  test('in the middle of a file, and knows that the host did not cut it', async () => {
    const { open, server } = await openSourceBench();
    const end = new AbortController();
    const { body } = await open('/stall/song.mp3', end.signal);

    const reading = (async () => {
      for await (const _chunk of body) end.abort();
    })();

    await expect(reading).rejects.toMatchObject({ code: 'out_of_time' });
    await server.allGone();
  });
});

test('a name that DNS does not know is a failure of DNS', async () => {
  const { failure } = await openSourceBench();

  expect(await failure('https://gone.test/')).toEqual({ code: 'dns_failed', detail: 'gone.test: ENOTFOUND' });
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
      return openSource(`${scheme}://${host}/`, { signal: new AbortController().signal });
    },
  };
}
