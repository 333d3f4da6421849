import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../functions/domain/limits.ts';
import { picture, riddle, song } from '../../doubles/sample-files.ts';
import { openTransferBench, path } from './transfer-bench.ts';

const partBytes = 1_000;
const key = `${path}.mp3`;
const inQuarantine = `quarantine/task-1/Iron-Man_8551e0a4.audio.bin`;

/** The files below are some thousand bytes long: with these two sizes of a part they take both ways into the bucket. */
const ways = [
  ['in one write', 10_000],
  ['in parts', partBytes],
] as const;

describe.each(ways)('a file that is sent %s', (_way, partBytes) => {
  test('is stored whole, as what its bytes are, under its title', async () => {
    const { transfer, bucket, server } = await openTransferBench({ partBytes });

    const transferred = await transfer('/whole/song.mp3');

    expect(transferred).toEqual({ state: 'stored', key, contentType: 'audio/mpeg', suspect: null, ...checked(song()) });
    expect(bucket.objects.get(key)).toMatchObject({
      bytes: song(),
      head: {
        contentType: 'audio/mpeg',
        contentDisposition: expect.stringContaining('filename="Iron Man.mp3"'),
        metadata: { taskid: 'task-1', trackid: 'track-1' },
      },
    });
    expect(bucket.openUploads()).toEqual([]);
    await server.allGone();
  });

  test('is stored whole when its host does not say how long it is', async () => {
    const { transfer, bucket } = await openTransferBench({ partBytes });

    expect(await transfer('/chunked/song.mp3')).toMatchObject({ state: 'stored', ...checked(song()) });
    expect(bucket.objects.get(key)?.bytes).toEqual(song());
  });

  test.each([
    ['bytes that nobody knows', 'riddle.mp3', riddle()],
    ['a picture where a song should be', 'picture.mp3', picture()],
  ])('goes to the quarantine whole if it is %s', async (_what, file, bytes) => {
    const { transfer, bucket } = await openTransferBench({ partBytes });

    const transferred = await transfer(`/whole/${file}`);

    const contentType = 'application/octet-stream';
    expect(transferred).toEqual({
      state: 'quarantined',
      key: inQuarantine,
      contentType,
      suspect: null,
      ...checked(bytes),
    });
    expect(bucket.keys()).toEqual([inQuarantine]);
    expect(bucket.objects.get(inQuarantine)).toMatchObject({ bytes, head: { contentType } });
  });

  test('P4: is not in the library if it was cut, however orderly its host ended it', async () => {
    const cut = song(3_000).subarray(0, 2_950);
    const { failure, bucket, server } = await openTransferBench({ partBytes, files: { 'cut.mp3': cut } });

    expect(await failure('/chunked/cut.mp3')).toEqual({ code: 'broken_media', detail: 'the MP3 ends inside a frame' });
    expect(bucket.keys()).toEqual([]);
    expect(bucket.openUploads()).toEqual([]);
    await server.allGone();
  });

  test('is kept in quarantine, whole, the third time that its host sends it broken', async () => {
    const cut = song(3_000).subarray(0, 2_950);
    const { transfer, bucket, server } = await openTransferBench({ partBytes, files: { 'cut.mp3': cut } });
    const refused = { at: '2026-11-20T12:00:00.000Z', code: 'broken_media', detail: 'the MP3 ends inside a frame' };
    const attempts = Array(2).fill({ ...refused, source: server.url('/whole/cut.mp3') });

    expect(await transfer('/whole/cut.mp3', { attempts })).toMatchObject({ state: 'quarantined', ...checked(cut) });
    expect(bucket.objects.get(inQuarantine)?.bytes).toEqual(cut);
  });

  test.each([
    [0.7, null],
    [2.6, null],
    [9, 'it is 0.7 s long; the callback says 9.0 s'],
  ])('is stored, and flagged where it is not as long as the callback says: %s s', async (durationSeconds, suspect) => {
    const { transfer, bucket } = await openTransferBench({ partBytes, durationSeconds });

    expect(await transfer('/whole/song.mp3')).toMatchObject({ state: 'stored', suspect });
    expect(bucket.keys()).toEqual([key]);
  });

  test.each([
    ['403', '/status/403', 'forbidden'],
    ['404', '/status/404', 'not_found'],
    ['410', '/status/410', 'not_found'],
    ['429', '/status/429', 'throttled'],
    ['441', '/status/441', 'not_found'],
    ['500', '/status/500', 'server_error'],
    ['no content', '/status/204', 'unexpected_status'],
    ['a part that nobody asked for', '/partial/song.mp3', 'unexpected_status'],
    ['an error page named as a song', '/whole/page.mp3', 'not_media'],
    ['an error message named as a song', '/whole/message.mp3', 'not_media'],
    ['no bytes', '/empty/song.mp3', 'empty'],
    ['no bytes in chunks', '/chunked/nothing.mp3', 'empty'],
    ['half of what it promised', '/cut/song.mp3', 'cut'],
    ['half, and promised nothing', '/chunked-cut/song.mp3', 'cut'],
    ['gzip that nobody asked for', '/gzip/song.mp3', 'encoded'],
    ['nothing at all', '/mute/song.mp3', 'first_byte_timeout'],
    ['nothing after the first half', '/stall/song.mp3', 'idle_timeout'],
    ['a redirect to a private address', '/redirect/302?to=https://10.0.0.1/', 'refused_address'],
  ])('is not to be seen, and no upload is left, if its host sends %s (P4)', async (_what, url, code) => {
    const { failure, bucket, server } = await openTransferBench({
      partBytes,
      limits: { firstByteMs: 40, idleMs: 40 },
    });

    expect(await failure(url)).toMatchObject({ code });
    expect(bucket.keys()).toEqual([]);
    expect(bucket.openUploads()).toEqual([]);
    await server.allGone();
  });

  test('changes nothing when it comes again (P5)', async () => {
    const { transfer, bucket } = await openTransferBench({ partBytes });
    const first = await transfer('/whole/song.mp3');
    const standing = bucket.objects.get(key);

    expect(await transfer('/whole/song.mp3')).toEqual(first);
    expect(bucket.keys()).toEqual([key]);
    expect(bucket.objects.get(key)).toEqual(standing);
    expect(bucket.openUploads()).toEqual([]);
  });

  test("is not put in the place of another task's (P5)", async () => {
    const { failure, transfer, bucket } = await openTransferBench({
      partBytes,
      files: { 'a.mp3': song(3_000), 'b.mp3': song(4_000) },
    });
    await transfer('/whole/a.mp3', {}, 'task-2');

    expect(await failure('/whole/b.mp3')).toMatchObject({ code: 'key_taken' });
    expect(bucket.objects.get(key)?.bytes).toEqual(song(3_000));
    expect(bucket.openUploads()).toEqual([]);
  });

  test('takes the place of an earlier file of the same asset', async () => {
    const { transfer, bucket } = await openTransferBench({
      partBytes,
      files: { 'a.mp3': song(3_000), 'b.mp3': song(4_000) },
    });
    await transfer('/whole/a.mp3');

    expect(await transfer('/whole/b.mp3')).toMatchObject({ key, ...checked(song(4_000)) });
    expect(bucket.objects.get(key)?.bytes).toEqual(song(4_000));
    expect(bucket.keys()).toEqual([key]);
  });
});

test.each([222, partBytes - 1, partBytes, partBytes + 1, 2 * partBytes - 1, 2 * partBytes, 5 * partBytes + 1])(
  'no size is stored otherwise than whole: %i bytes in parts of 1000',
  async (bytes) => {
    const { transfer, bucket } = await openTransferBench({ partBytes, files: { 'song.mp3': song(bytes) } });

    expect(await transfer('/whole/song.mp3')).toMatchObject(checked(song(bytes)));
    expect(bucket.objects.get(key)?.bytes).toEqual(song(bytes));
  },
);

describe('P7: a file that is too large', () => {
  test('is refused by what its host promises, and its connection let go', { timeout: 3_000 }, async () => {
    const { failure, bucket, server } = await openTransferBench();

    const { code } = await failure(`/promises-much/${limits.assetBytes.image + 1}`, { kind: 'image' });

    expect(code).toBe('too_large');
    expect(bucket.openUploads()).toEqual([]);
    await server.allGone();
  });

  test('is stopped at the limit where its host promises nothing and does not end', async () => {
    const { failure, bucket, server } = await openTransferBench({
      partBytes: 8 * 1024 ** 2,
      files: { 'picture.jpeg': picture(1024 ** 2) },
    });

    expect(await failure('/endless/picture.jpeg', { kind: 'image' })).toMatchObject({
      code: 'too_large',
      detail: `the file is larger than ${limits.assetBytes.image} bytes`,
    });
    expect(bucket.keys()).toEqual([]);
    expect(bucket.openUploads()).toEqual([]);
    await server.allGone();
  });

  test('is not one of just the limit', async () => {
    const MiB = 1024 ** 2;
    const body = async function* () {
      const chunk = picture(MiB);
      for (let sent = 0; sent < limits.assetBytes.image; sent += MiB) yield chunk;
    };
    const { transfer } = await openTransferBench({
      partBytes: 8 * MiB,
      openSource: async () => ({ promisedBytes: limits.assetBytes.image, body: body() }),
      bucketCalls: () => ({
        startUpload: async () => ({ part: async () => {}, complete: async () => true, abort: async () => {} }),
      }),
    });

    expect(await transfer('/any', { kind: 'image' })).toMatchObject({ bytes: limits.assetBytes.image });
  });
});

function checked(file: Buffer) {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32(file));
  return {
    bytes: file.length,
    crc32: four.toString('base64'),
    sha256: createHash('sha256').update(file).digest('hex'),
  };
}
