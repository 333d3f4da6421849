// The three ways of a file into the bucket: buffered, in one stream, in ranges. The stored file is the same.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeCrc32 } from '../../../../functions/domain/crc32-combine.ts';
import { limits } from '../../../../functions/domain/limits.ts';
import type { Bucket, Upload } from '../../../../functions/ports.ts';
import type { InMemoryBucket } from '../../../doubles/in-memory-bucket.ts';
import { message, page, picture, song, unrecognizedFile } from '../../../doubles/sample-files.ts';
import { engineBench, key, partBytes, url } from './engine-setup.ts';

const inQuarantine = 'quarantine/task-1/Iron-Man_8551e0a4.audio.bin';
const slowDown = new Error('SlowDown: reduce your request rate');

const ways = [
  ['held whole', { partBytes: 10_000 }],
  ['in one stream', { version: null }],
  ['in one stream of unknown length', { version: null, isLengthKnown: false }],
  ['in ranges', {}],
  ['in ranges over several connections', { idleShare: 0.9 }],
] as const;

describe.each(ways)('a file that comes %s', (way, options) => {
  const isHashed = !way.startsWith('in ranges');

  test('is stored whole, as what its bytes are, under its title', async () => {
    const file = song(3_000);
    const { invoke, bucket, stored, state } = engineBench({ ...options, file });

    const transferred = await invoke();

    const contentType = 'audio/mpeg';
    expect(transferred).toEqual({
      ...{ state: 'stored', key, contentType, suspect: null, measuredSeconds: expect.closeTo(0.73, 2) },
      ...checked(file, isHashed),
    });
    expect(stored()).toEqual(file);
    expect(bucket.objects.get(key)?.head).toMatchObject({
      contentType,
      contentDisposition: expect.stringContaining('filename="Iron Man.mp3"'),
      metadata: { taskid: 'task-1', trackid: 'track-1', asset: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(bucket.openUploads()).toEqual([]);
    expect(state.open).toBe(0);
  });

  test('P4: is not to be seen before all of it is there and checked', async () => {
    const seen: string[][] = [];
    const look = () => void seen.push(bench.bucket.keys());
    const bench = engineBench({ ...options, file: song(9_000), beforeRead: look, beforePart: look });

    await bench.invoke();

    expect(seen.length).toBeGreaterThan(0);
    expect(seen.flat()).toEqual([]);
    expect(bench.bucket.keys()).toEqual([key]);
  });

  test.each([
    ['bytes that nobody knows', unrecognizedFile(2_500)],
    ['a picture where a song should be', picture(2_500)],
  ])('goes to the quarantine whole if it is %s', async (_what, file) => {
    const { invoke, bucket } = engineBench({ ...options, file });

    const transferred = await invoke();

    const contentType = 'application/octet-stream';
    expect(transferred).toEqual({
      ...{ state: 'quarantined', key: inQuarantine, contentType, suspect: null, measuredSeconds: null },
      ...checked(file, isHashed),
    });
    expect(bucket.keys()).toEqual([inQuarantine]);
    expect(bucket.objects.get(inQuarantine)).toMatchObject({ bytes: file, head: { contentType } });
  });

  test.each([
    ['a page', page, 'not_media'],
    ['a message', message, 'not_media'],
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a song that was cut', song(3_000).subarray(0, 2_950), 'broken_media'],
  ])('is not to be seen, and leaves nothing, if it is %s (P4)', async (_what, file, code) => {
    const bench = engineBench({ ...options, file });

    expect(await bench.code()).toBe(code);

    expect(bench.bucket.keys()).toEqual([]);
    expect(bench.bucket.openUploads()).toEqual([]);
    expect(bench.record.asset.progress).toBeNull();
    expect(bench.state.open).toBe(0);
  });

  test('is kept in quarantine, whole, the third time that its host sends it broken', async () => {
    const file = song(3_000).subarray(0, 2_950);
    const bench = engineBench({ ...options, file });
    const refused = { at: '2026-11-20T12:00:00.000Z', source: url, code: 'broken_media', detail: '' };
    bench.record.asset.attempts = [refused, refused];

    expect(await bench.invoke()).toMatchObject({ state: 'quarantined', bytes: file.length });

    expect(bench.bucket.objects.get(inQuarantine)?.bytes).toEqual(file);
  });

  test.each([
    [0.7, null],
    [2.6, null],
    [9, 'it is 0.7 s long; the callback says 9.0 s'],
  ])('is stored, and flagged where it is not as long as the callback says: %s s', async (durationSeconds, suspect) => {
    const { invoke } = engineBench({ ...options, file: song(3_000), durationSeconds });

    expect(await invoke()).toMatchObject({ state: 'stored', suspect });
  });

  test('changes nothing when it is delivered again (P5)', async () => {
    const { invoke, bucket } = engineBench({ ...options, file: song(3_000) });
    const first = await invoke();
    const standing = bucket.objects.get(key);

    expect(await invoke()).toEqual(first);

    expect(bucket.keys()).toEqual([key]);
    expect(bucket.objects.get(key)).toBe(standing);
    expect(bucket.openUploads()).toEqual([]);
  });

  test('takes the place of an earlier file of the same asset', async () => {
    const { invoke, bucket, state, stored } = engineBench({ ...options, file: song(3_000) });
    await invoke();
    state.file = song(4_000);

    expect(await invoke()).toMatchObject({ key, bytes: 4_000 });

    expect(stored()).toEqual(song(4_000));
    expect(bucket.keys()).toEqual([key]);
  });

  test.each([
    ["another task's", { taskid: 'task-2' }],
    ["another asset's of its task", { taskid: 'task-1', asset: '0123456789abcdef' }],
  ])('is not put in the place of %s (P5)', async (_whose, metadata) => {
    const { code, bucket, stored } = engineBench({ ...options, file: song(3_000) });
    await bucket.write(key, 'theirs', { contentType: 'audio/mpeg', metadata });

    expect(await code()).toBe('key_taken');

    expect(stored()?.toString()).toBe('theirs');
    expect(bucket.openUploads()).toEqual([]);
  });
});

test.each(
  [
    222,
    partBytes - 1,
    partBytes,
    partBytes + 1,
    2 * partBytes - 1,
    2 * partBytes,
    2 * partBytes + 1,
    5 * partBytes,
  ].flatMap((bytes) => ways.map(([way, options]) => [bytes, way, options] as const)),
)('no size is stored otherwise than whole: %i bytes in parts of 1000, %s', async (bytes, _way, options) => {
  const file = song(bytes);
  const { invoke, stored } = engineBench({ ...options, file });

  expect(await invoke()).toMatchObject({ bytes });
  expect(stored()).toEqual(file);
});

describe('when the bucket fails at', () => {
  const steps: [string, (bucket: InMemoryBucket) => Partial<Bucket>][] = [
    ['its start', () => ({ startUpload: () => Promise.reject(slowDown) })],
    ['its first part', (bucket) => withUpload(bucket, () => ({ part: () => Promise.reject(slowDown) }))],
    ['its last part', (bucket) => withUpload(bucket, ({ part }) => ({ part: failAt(3, part) }))],
    ['its completion', (bucket) => withUpload(bucket, () => ({ complete: () => Promise.reject(slowDown) }))],
    [
      'the look at what stands there',
      (bucket) => ({
        ...withUpload(bucket, () => ({ complete: async () => 'refused' })),
        head: () => Promise.reject(slowDown),
      }),
    ],
  ];

  test.each(steps)('%s, a stream leaves nothing', async (_step, bucketCalls) => {
    const { invoke, bucket, state } = engineBench({ version: null, file: song(3_000), bucketCalls });

    await expect(invoke()).rejects.toBe(slowDown);

    expect(bucket.keys()).toEqual([]);
    expect(bucket.openUploads()).toEqual([]);
    expect(state.open).toBe(0);
  });

  test.each(steps.slice(1))('%s, what came in ranges stays for the next attempt', async (_step, bucketCalls) => {
    const { invoke, bucket, record, state } = engineBench({ file: song(3_000), bucketCalls });

    await expect(invoke()).rejects.toBe(slowDown);

    expect(bucket.keys()).toEqual([]);
    expect(bucket.openUploads()).toEqual([key]);
    expect(record.asset.progress).toMatchObject({ key });
    expect(state.open).toBe(0);
  });

  test('the write of a file that is held, nothing is left', async () => {
    const bucketCalls = () => ({ write: () => Promise.reject(slowDown) });
    const { invoke, bucket } = engineBench({ partBytes: 10_000, file: song(3_000), bucketCalls });

    await expect(invoke()).rejects.toBe(slowDown);

    expect(bucket.keys()).toEqual([]);
  });

  test('the end of an upload is reported, and its first failure is the one that counts', async () => {
    const { code, lines } = engineBench({
      version: null,
      file: song(3_000).subarray(0, 2_950),
      bucketCalls: (bucket) => withUpload(bucket, () => ({ abort: () => Promise.reject(slowDown) })),
    });

    expect(await code()).toBe('broken_media');
    expect(lines.at(-1)).toMatchObject({ event: 'upload.left', fields: { detail: `${slowDown}` } });
  });
});

test('F48: parts that S3 does not put together make the file begin again', async () => {
  let isLost = true;
  const { code, stored, bucket } = engineBench({
    bucketCalls: (bucket) => ({
      upload(name, id) {
        const upload = bucket.upload(name, id);
        return {
          ...upload,
          async complete(...given) {
            if (isLost) bucket.dropPart(name, id, 2);
            isLost = false;
            return await upload.complete(...given);
          },
        };
      },
    }),
  });

  expect(await code()).toBe('stored');

  expect(stored()).toEqual(song(10_400));
  expect(bucket.openUploads()).toEqual([]);
});

test('P7: a file that does not end is left at the limit of its kind, and leaves nothing', async () => {
  const MiB = 1024 ** 2;
  const { code, bucket, record } = engineBench({
    ...{ version: null, isLengthKnown: false, partBytes: 8 * MiB },
    file: picture(limits.assetBytes.image + 1),
  });
  record.asset = { ...record.asset, kind: 'image' };

  expect(await code()).toBe('too_large');

  expect(bucket.keys()).toEqual([]);
  expect(bucket.openUploads()).toEqual([]);
});

test('a long transfer says now and then how far it is', async () => {
  const { invoke, lines } = engineBench();

  await invoke();

  const said = lines.filter(({ event }) => event === 'transfer.progress').map(({ fields }) => fields?.bytes);
  expect(said.length).toBeGreaterThan(0);
  expect(said).toEqual([...said].sort((one, other) => Number(one) - Number(other)));
});

function checked(file: Buffer, isHashed: boolean) {
  const sha256 = isHashed ? createHash('sha256').update(file).digest('hex') : null;
  return { bytes: file.length, crc32: encodeCrc32(crc32(file)), sha256 };
}

function withUpload(bucket: InMemoryBucket, changed: (upload: Upload) => Partial<Upload>): Partial<Bucket> {
  return {
    upload(name, id) {
      const upload = bucket.upload(name, id);
      return { ...upload, ...changed(upload) };
    },
  };
}

function failAt<Given extends unknown[], T>(nth: number, call: (...given: Given) => Promise<T>): typeof call {
  let calls = 0;
  return async (...given) => {
    if (++calls === nth) throw slowDown;
    return await call(...given);
  };
}
