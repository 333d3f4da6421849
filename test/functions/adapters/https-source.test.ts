import { describe, expect, test } from 'vitest';
import { song } from '../../doubles/sample-files.ts';
import { openSourceBench, readAll } from './source-bench.ts';

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

  test('a promise of more than may be, before any byte is read', async () => {
    const { open, failure, server } = await openSourceBench();
    const { length } = song();

    expect(await failure('/whole/song.mp3', { maxBytes: length - 1 })).toEqual({
      code: 'too_large',
      detail: 'the host promises more than 2999 bytes',
    });
    await server.allGone();
    expect(await readAll(await open('/whole/song.mp3', { maxBytes: length }))).toEqual(song());
  });

  test('headers without end', async () => {
    const { failure, server } = await openSourceBench();

    expect(await failure('/long-headers/song.mp3')).toMatchObject({ code: 'connect_failed' });
    await server.allGone();
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

test('a name that DNS does not know is a failure of DNS', async () => {
  const { failure } = await openSourceBench();

  expect(await failure('https://gone.test/')).toEqual({ code: 'dns_failed', detail: 'gone.test: ENOTFOUND' });
});
