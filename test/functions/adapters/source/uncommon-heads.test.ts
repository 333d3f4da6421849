// Heads that are against the standard, and that curl and browsers read all the same.
import { describe, expect, test } from 'vitest';
import { song } from '../../../doubles/sample-files.ts';
import { filledBy, readAll, schemes, setUpSource } from './source-setup.ts';

const urlOf = (head: string, more = '') => `/written/song.mp3?${more}head=${encodeURIComponent(head)}`;

describe.each(schemes)('over %s, a file is read in one request in spite of', (scheme) => {
  test.each([
    ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3000\r\nContent-Length: 3000\r\n\r\n'],
    ['a list of equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3000, 3000\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 3000\r\n\r\n'],
    ['lines that end with a line feed', 'HTTP/1.1 200 OK\nContent-Length: 3000\n\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 3000\r\n\r\n'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 3000\r\n\r\n'],
    ['a missing reason', 'HTTP/1.1 200\r\nContent-Length: 3000\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nHello\r\nContent-Length: 3000\r\n\r\n'],
  ])('%s', async (_what, head) => {
    const { open, server } = await setUpSource({ scheme });

    const opened = await open(urlOf(head));

    expect(opened.totalBytes).toBe(3_000);
    expect(await readAll(opened)).toEqual(song());
    expect(server.paths()).toHaveLength(1);
  });

  test.each([
    ['Chunked with a capital', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n', 'chunked&'],
    [
      'a length beside the chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n',
      'chunked&',
    ],
    ['no length in HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n', ''],
    ['no length behind line feeds', 'HTTP/1.1 200 OK\nConnection: close\n\n', ''],
  ])('or, once per host, in two: %s', async (_what, head, more) => {
    const { bytes, server } = await setUpSource({ scheme });

    expect(await bytes(urlOf(head, more))).toEqual(song());
    expect(await bytes(urlOf(head, more))).toEqual(song());
    expect(server.paths()).toHaveLength(3);
  });

  test('a head like that before a part', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const range = 'HTTP/1.0 206 OK\nETag: "one"\nContent-Range: bytes 0-2999/3000\nContent-Length: 3000, 3000\n\n';
    const asking = rangeConnection(urlOf(range));

    expect(await filledBy(asking, 0, 3_000)).toEqual(song());
    expect(await filledBy(asking, 0, 3_000)).toEqual(song());
    expect([server.connections(), server.paths().length]).toEqual([2, 2]);
  });
});

test('a host that needs node:http for one file is still read without it for a file that node:http refuses', async () => {
  const { bytes } = await setUpSource();
  const chunked = urlOf('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'chunked&');
  const twoLengths = urlOf('HTTP/1.1 200 OK\r\nContent-Length: 3000\r\nContent-Length: 3000\r\n\r\n');

  expect(await bytes(chunked)).toEqual(song());
  expect(await bytes(twoLengths)).toEqual(song());
  expect(await bytes(chunked)).toEqual(song());
});

test('a redirect to a host that only node:http reads is not requested twice', async () => {
  const { bytes, server } = await setUpSource({ names: { 'other.test': ['127.0.0.1'] } });
  const url = `http://other.test:${server.port}/redirect/any?to=${server.url('/chunked/song.mp3')}`;

  expect(await bytes(url)).toEqual(song());

  const [first, ...others] = server.paths();
  expect([first?.startsWith('/redirect/'), others]).toEqual([true, ['/chunked/song.mp3', '/chunked/song.mp3']]);
});

test('redirects are counted on when node:http takes over', async () => {
  const { failure, server } = await setUpSource({ limits: { redirects: 2 } });
  await readAll(await (await setUpSource()).open('/whole/song.mp3'));
  const hints = 'HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /hops/any?n=5\r\n\r\n';

  expect(await failure(`/redirect/any?to=${encodeURIComponent(urlOf(hints))}`)).toMatchObject({
    code: 'too_many_redirects',
  });
  expect(server.paths().map((path) => path.split('/')[1])).toEqual(['redirect', 'written', 'written', 'hops']);
});
