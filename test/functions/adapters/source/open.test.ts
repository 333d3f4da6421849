// What is learned from the first response, and what is requested if it is unusable.
import { describe, expect, test } from 'vitest';
import { song } from '../../../doubles/sample-files.ts';
import { readAll, schemes, setUpSource } from './source-setup.ts';

const aheadBytes = 1_024;
const asked = `bytes=0-${aheadBytes - 1}`;

describe.each(schemes)('over %s', (scheme) => {
  test('a large file of a host that serves ranges: only its beginning is asked for, the rest can be', async () => {
    const { open, server } = await setUpSource({ scheme });

    const opened = await open('/whole/song.mp3', { aheadBytes });

    expect(opened).toMatchObject({ totalBytes: 3_000, version: '"one"' });
    expect(await readAll(opened)).toEqual(song().subarray(0, aheadBytes));
    expect(server.ranges()).toEqual([asked]);
    expect(server.bodyBytes()).toBe(aheadBytes);
  });

  test('a file that is no longer than the requested range arrives in one response', async () => {
    const { open, server } = await setUpSource({ scheme });

    const opened = await open('/whole/song.mp3', { aheadBytes: 3_000 });

    expect(opened.totalBytes).toBe(3_000);
    expect(await readAll(opened)).toEqual(song());
    expect(server.paths()).toHaveLength(1);
    await server.allGone();
  });

  test.each([
    ['weak-etag', 'a host that does not vouch for its bytes'],
    ['no-etag', 'a host that names no version'],
    ['bare-etag', 'an ETag that is none'],
    ['huge-etag', 'an ETag too long to be kept'],
    ['wrong-start', 'a part from elsewhere'],
    ['wrong-end', 'a part whose end does not fit its length'],
    ['shorter-range', 'less than was asked for'],
    ['no-total', 'a part of a file of unknown length'],
    ['no-content-range', 'a part of who knows what'],
    ['garbled-content-range', 'a part in a spelling of its own'],
    ['wrong-length', 'a length that does not fit its range'],
    ['refuses-ranges', 'a host that refuses ranges'],
  ])('F40 /%s is asked once more, for all in one stream: %s', async (behaviour) => {
    const { open, server } = await setUpSource({ scheme });

    const opened = await open(`/${behaviour}/song.mp3`, { aheadBytes });

    expect(opened).toMatchObject({ totalBytes: 3_000, version: null });
    expect(await readAll(opened)).toEqual(song());
    expect(server.ranges()).toEqual([asked, undefined]);
  });

  test('F40 a host that ignores ranges is read as one stream, without asking again', async () => {
    const { open, server } = await setUpSource({ scheme });

    const opened = await open('/no-ranges/song.mp3', { aheadBytes });

    expect(opened).toMatchObject({ totalBytes: 3_000, version: null });
    expect(await readAll(opened)).toEqual(song());
    expect(server.ranges()).toEqual([asked]);
  });

  test('F25 a whole file as a part that no one asked for is taken, whatever its ETag', async () => {
    const { open } = await setUpSource({ scheme });

    const opened = await open('/whole-unasked/song.mp3', { aheadBytes: 3_000 });

    expect(await readAll(opened)).toEqual(song());
  });

  test('F25 a part of a file that no one asked for is no answer', async () => {
    const { failure, server } = await setUpSource({ scheme });

    expect(await failure('/half-unasked/song.mp3', { aheadBytes })).toEqual({
      code: 'unexpected_status',
      detail: 'the host answered 206',
    });
    expect(server.ranges()).toEqual([asked, undefined]);
    await server.allGone();
  });

  test('F25 a whole file as a part is accepted also if the first response was unusable', async () => {
    const { bytes, server } = await setUpSource({ scheme });

    expect(await bytes('/whole-unasked/song.mp3', { aheadBytes })).toEqual(song());
    expect(server.ranges()).toEqual([asked, undefined]);
  });
});

test('a part without an ETag is fine where it is all there is', async () => {
  const { open, server } = await setUpSource();

  const opened = await open('/no-etag/song.mp3', { aheadBytes: 3_000 });

  expect(opened).toMatchObject({ totalBytes: 3_000, version: null });
  expect(await readAll(opened)).toEqual(song());
  expect(server.paths()).toHaveLength(1);
});

test('a part in chunks is as good as one with a length, and is read no further than it was said to go', async () => {
  const { bytes } = await setUpSource();

  expect(await bytes('/chunked-ranges/song.mp3', { aheadBytes })).toEqual(song().subarray(0, aheadBytes));
  expect(await bytes('/chunked-and-more/song.mp3', { aheadBytes })).toEqual(song().subarray(0, aheadBytes));
});

test('says who calls and asks for the bytes unencoded, over a connection of its own', async () => {
  const { bytes, server } = await setUpSource();

  await bytes('/whole/song.mp3', { aheadBytes });
  await bytes('/whole/song.mp3', { aheadBytes });

  expect(server.requests[0]?.headers).toEqual({
    'user-agent': expect.stringContaining('Trackkeeper/'),
    accept: '*/*',
    'accept-encoding': 'identity',
    range: asked,
    host: `127.0.0.1:${server.port}`,
    connection: 'close',
  });
  expect(server.connections()).toBe(2);
});

test('asks for a link with a raw space, or other signs that a path must not have, in escaped form', async () => {
  const { failure, rangeFailure, server } = await setUpSource();
  const url = '/status/my song "é".mp3?code=404&a=b c#part';

  await failure(url);
  await rangeFailure(url);

  const escaped = '/status/my%20song%20%22%C3%A9%22.mp3?code=404&a=b%20c';
  expect(new Set(server.paths())).toEqual(new Set([escaped]));
});

test('does not know the length of a file whose host does not say', async () => {
  const { open } = await setUpSource();

  const opened = await open('/chunked/song.mp3');

  expect(opened).toMatchObject({ totalBytes: null, version: null });
  expect(await readAll(opened)).toEqual(song());
});

test('takes a body without length or chunks until the host closes', async () => {
  const { bytes } = await setUpSource();

  expect(await bytes('/until-close/song.mp3')).toEqual(song());
});

test.each([1, 7, 999, 1_000, 1_500, 2_999, 3_000, 3_001])(
  'brings the same bytes whatever fits into the memory of the reader: %i bytes',
  async (bytes) => {
    const { open } = await setUpSource();

    expect(await readAll(await open('/whole/song.mp3'), bytes)).toEqual(song());
    expect(await readAll(await open('/chunked/song.mp3'), bytes)).toEqual(song());
  },
);

test('has nothing more to give after the end, however often it is asked', async () => {
  const { open } = await setUpSource();
  const { read } = await open('/chunked/song.mp3');
  const into = Buffer.alloc(4_096);

  expect([await read(into), await read(into), await read(into)]).toEqual([3_000, 0, 0]);
});

test('lets the connection go when a reader stops early, also more than once', async () => {
  const { open, server } = await setUpSource();
  const opened = await open('/endless/song.mp3');
  await opened.read(Buffer.alloc(1_000));

  opened.close();
  opened.close();

  await server.allGone();
});

test('P7: a host does not send ahead without end while no one reads', async () => {
  const { open, server } = await setUpSource();
  const fileBytes = 256 * 1024 ** 2;
  const { read } = await open(`/no-ranges/generated-${fileBytes}.wav`);

  for (let reads = 0; reads < 10; reads++) await read(Buffer.alloc(64 * 1024));

  // The buffers of the two ends of a connection, by Linux' own limits.
  expect(server.bodyBytes()).toBeLessThan(64 * 1024 ** 2);
});

describe('a host that only node:http can read', () => {
  test('is requested once more for its first file, and once for every later file', async () => {
    const { open, server } = await setUpSource();

    for (let file = 1; file <= 3; file++) {
      const opened = await open('/chunked/song.mp3', { aheadBytes });
      expect(await readAll(opened)).toEqual(song());
    }

    expect(server.paths()).toHaveLength(4);
  });

  test('does not change how another host is read', async () => {
    const { open, server } = await setUpSource({ names: { 'other.test': ['127.0.0.1'] } });
    await readAll(await open('/chunked/song.mp3', { aheadBytes }));

    await readAll(await open(`http://other.test:${server.port}/chunked/song.mp3`, { aheadBytes }));

    expect(server.paths()).toHaveLength(4);
  });
});
