// Bodies that are encoded although only identity was requested, and bodies that are only said to be.
import { setImmediate } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeBody } from '../../../../functions/adapters/source/decode.ts';
import { song } from '../../../doubles/sample-files.ts';
import { readAll, schemes, setUpSource } from './source-setup.ts';

const fastBrotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
/** Larger than what is decoded at once. */
const large = song(300_000);
const files = { 'song.mp3': large };

describe.each(schemes)('over %s, a body that is encoded although identity was requested is decoded:', (scheme) => {
  test.each([
    ['gzip', 'gzip'],
    ['gzip', 'x-gzip'],
    ['gzip', 'GZIP'],
    ['gzip', 'identity, gzip'],
    ['gzip', 'aws-chunked, gzip'],
    ['deflate', 'deflate'],
    ['raw-deflate', 'deflate'],
    ['br', 'br'],
    ['zstd', 'zstd'],
    ['gzip,gzip', 'gzip, gzip'],
    ['gzip,br', 'gzip, br'],
    ['deflate,zstd,gzip', 'Deflate,ZSTD , gzip'],
  ])('F30 %s, announced as %j', async (how, says) => {
    const { open, server } = await setUpSource({ scheme, files });

    const opened = await open(`/encoded/song.mp3?with=${how}&says=${encodeURIComponent(says)}`);

    expect(opened).toMatchObject({ totalBytes: null, version: null });
    expect((await readAll(opened)).equals(large)).toBe(true);
    expect(server.paths()).toHaveLength(1);
  });

  test('F30 a Transfer-Encoding as well', async () => {
    const { bytes } = await setUpSource({ scheme, files });

    expect((await bytes('/gzip-in-transfer/song.mp3')).equals(large)).toBe(true);
  });

  test('F30 a part of it is requested again as one stream', async () => {
    const { bytes, server } = await setUpSource({ scheme, files });

    expect((await bytes('/encoded-range/song.mp3')).equals(large)).toBe(true);
    expect(server.ranges()).toEqual([expect.any(String), undefined]);
  });
});

describe('a name that is no encoding, or a left-over, does no harm: the bytes decide:', () => {
  test.each(['', 'identity', 'Identity', 'aws-chunked', 'UTF-8', 'binary', 'none', 'audio/mpeg', '*'])(
    '%j is ignored, also in ranges',
    async (says) => {
      const { open, server } = await setUpSource();

      const opened = await open(`/only-says-encoded/song.mp3?says=${encodeURIComponent(says)}`, { aheadBytes: 1_000 });

      expect(opened).toMatchObject({ totalBytes: 3_000, version: '"one"' });
      expect(await readAll(opened)).toEqual(song().subarray(0, 1_000));
      expect(server.paths()).toHaveLength(1);
    },
  );

  test.each(['gzip', 'x-gzip', 'br', 'deflate', 'zstd', 'gzip, br', 'deflate, gzip'])(
    '%j before bytes that are in no such encoding is ignored',
    async (says) => {
      const { bytes } = await setUpSource({ files });

      const read = await bytes(`/only-says-encoded/song.mp3?says=${encodeURIComponent(says)}`, { aheadBytes: 1_000 });

      expect(read.equals(large)).toBe(true);
    },
  );

  test('a list of which only one was applied is decoded as far as it was', async () => {
    const { bytes } = await setUpSource({ files });

    expect((await bytes('/encoded/song.mp3?with=gzip&says=gzip,br')).equals(large)).toBe(true);
    expect((await bytes('/encoded/song.mp3?with=br&says=gzip,br')).equals(large)).toBe(true);
  });

  test('an empty body is empty, whatever its encoding is said to be', async () => {
    const { bytes } = await setUpSource({ files: { 'song.mp3': Buffer.alloc(0) } });

    expect(await bytes('/only-says-encoded/song.mp3?says=gzip')).toHaveLength(0);
  });
});

test('F30 an encoded part of a file that was not encoded before means that it has changed', async () => {
  const { rangeFailure, server } = await setUpSource();

  expect(await rangeFailure('/encoded-range/song.mp3')).toMatchObject({ code: 'changed' });
  await server.allGone();
});

describe('an encoded body that is not complete', () => {
  test('F26 is cut if its encoding ends too early', async () => {
    const { failure } = await setUpSource({ files });

    expect(await failure('/gzip-cut/song.mp3')).toEqual({
      code: 'cut',
      detail: `the gzip encoding ends or breaks after ${large.length} decoded bytes`,
    });
  });

  test('P7: F30 has a cap on its decoded bytes', async () => {
    const { failure, server } = await setUpSource();

    expect(await failure('/gzip-bomb/song.mp3', { maxBytes: 100_000 })).toEqual({
      code: 'too_large',
      detail: 'more than 100000 decoded bytes have come',
    });
    await server.allGone();
  });

  test.each(['gzip', 'br'] as const)('P7: F30 is decoded no further than it is read: %s', async (coding) => {
    const zeros = Buffer.alloc(64 * 1024 ** 2);
    const bomb = coding === 'gzip' ? gzipSync(zeros) : brotliCompressSync(zeros, fastBrotli);
    let at = 0;
    const encoded = {
      async read(into: Uint8Array) {
        const bytes = bomb.copy(into, 0, at);
        at += bytes;
        return bytes;
      },
      close() {},
    };
    const before = process.memoryUsage().arrayBuffers;

    const body = decodeBody(encoded, [coding], Infinity);
    await body.read(Buffer.alloc(1_000));
    await setImmediate();

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 ** 2);
    body.close();
  });

  test('F31 fails as its host does: stalled, or out of time, whatever the encoding would say of that', async () => {
    const { failure, open, server } = await setUpSource({ files, limits: { idleMs: 100, minimumRate: 1_000 } });
    const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 900000\r\n\r\n';
    const url = `/stays-open/song.mp3?head=${encodeURIComponent(head)}`;

    expect(await failure(url)).toMatchObject({ code: 'idle_timeout' });

    const end = new AbortController();
    const opened = await open(url, { signal: end.signal });
    const reading = readAll(opened);
    end.abort();
    await expect(reading).rejects.toMatchObject({ code: 'out_of_time' });
    await server.allGone();
  });

  test('lets its connection go when its reader stops early', async () => {
    const { open, server } = await setUpSource({ files });
    const opened = await open('/encoded/song.mp3?with=gzip');
    await opened.read(Buffer.alloc(10));

    opened.close();
    opened.close();

    await server.allGone();
  });
});
