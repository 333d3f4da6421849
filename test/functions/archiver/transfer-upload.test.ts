// The upload of a large file, and what is left when a step of it fails.
import { describe, expect, test } from 'vitest';
import type { Bucket, Upload } from '../../../functions/ports.ts';
import type { InMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { picture, song } from '../../doubles/sample-files.ts';
import { openTransferBench, path } from './transfer-bench.ts';

const key = `${path}.mp3`;
const slowDown = new Error('SlowDown: reduce your request rate');

test('P4: nothing is to be seen of a file until all of its parts are there and checked', async () => {
  const seen: string[][] = [];
  const { transfer, bucket } = await openTransferBench({
    bucketCalls: (bucket) =>
      withUpload(bucket, (upload) => ({
        async part(bytes) {
          await upload.part(bytes);
          seen.push(bucket.keys());
        },
        async complete(whole, condition) {
          seen.push(bucket.keys());
          return await upload.complete(whole, condition);
        },
      })),
  });

  await transfer('/whole/song.mp3');

  expect(seen).toEqual([[], [], [], []]);
  expect(bucket.keys()).toEqual([key]);
});

describe('when a step of the upload fails, the file is not to be seen and no upload is left:', () => {
  test.each<[string, (bucket: InMemoryBucket) => Partial<Bucket>]>([
    ['its start', () => ({ startUpload: () => Promise.reject(slowDown) })],
    ['its first part', (bucket) => withUpload(bucket, () => ({ part: () => Promise.reject(slowDown) }))],
    ['its last part', (bucket) => withUpload(bucket, (upload) => ({ part: failAt(3, upload.part) }))],
    ['its completion', (bucket) => withUpload(bucket, () => ({ complete: () => Promise.reject(slowDown) }))],
    [
      'the look at what stands there',
      (bucket) => ({
        ...withUpload(bucket, () => ({ complete: async () => false })),
        facts: () => Promise.reject(slowDown),
      }),
    ],
  ])('%s', async (_step, bucketCalls) => {
    const { transfer, bucket, server } = await openTransferBench({ bucketCalls });

    await expect(transfer('/whole/song.mp3')).rejects.toBe(slowDown);

    expect(bucket.keys()).toEqual([]);
    expect(bucket.openUploads()).toEqual([]);
    await server.allGone();
  });

  test('a small file has no upload, and its write leaves nothing either', async () => {
    const { transfer, bucket, server } = await openTransferBench({
      partBytes: 10_000,
      bucketCalls: () => ({ write: () => Promise.reject(slowDown) }),
    });

    await expect(transfer('/whole/song.mp3')).rejects.toBe(slowDown);

    expect(bucket.keys()).toEqual([]);
    await server.allGone();
  });
});

test('an upload that cannot be aborted is told of, and the first failure is the one that counts', async () => {
  const { failure, lines } = await openTransferBench({
    bucketCalls: (bucket) => withUpload(bucket, () => ({ abort: () => Promise.reject(slowDown) })),
  });

  expect(await failure('/cut/song.mp3')).toMatchObject({ code: 'cut' });
  expect(lines.at(-1)).toMatchObject({ event: 'upload.left', fields: { detail: `${slowDown}` } });
});

test('a completion whose answer was lost is found done at the next try (P5)', async () => {
  let isLost = true;
  const { transfer, bucket } = await openTransferBench({
    bucketCalls: (bucket) =>
      withUpload(bucket, (upload) => ({
        async complete(whole, condition) {
          const isDone = await upload.complete(whole, condition);
          if (isLost) throw slowDown;
          return isDone;
        },
      })),
  });
  await expect(transfer('/whole/song.mp3')).rejects.toBe(slowDown);
  const standing = bucket.objects.get(key);
  isLost = false;

  expect(await transfer('/whole/song.mp3')).toMatchObject({ state: 'stored', key, sha256: expect.any(String) });
  expect(bucket.objects.get(key)).toBe(standing);
  expect(bucket.openUploads()).toEqual([]);
});

test('P7: no more than one part of a file is held, in one buffer, however long the file is', async () => {
  const partBytes = 1_000;
  // A JPEG has a beginning, an end, and whatever lies between.
  const file = picture(500 * partBytes);
  let pulled = 0;
  let sent = 0;
  const held: number[] = [];
  const buffers = new Set<ArrayBufferLike>();
  const body = async function* () {
    while (pulled < file.length) {
      pulled += 100;
      yield file.subarray(pulled - 100, pulled);
    }
  };
  const { transfer } = await openTransferBench({
    partBytes,
    openSource: async () => ({ promisedBytes: null, body: body() }),
    bucketCalls: (bucket) =>
      withUpload(bucket, (upload) => ({
        async part(bytes) {
          held.push(pulled - sent);
          buffers.add(bytes.buffer);
          await upload.part(bytes);
          sent += bytes.length;
        },
      })),
  });

  await transfer('/any', { kind: 'image' });

  expect(held).toHaveLength(500);
  expect(Math.max(...held)).toBe(partBytes);
  expect(buffers.size).toBe(1);
});

test('the log says how far a long transfer is, at most every five seconds', async () => {
  const { transfer, lines } = await openTransferBench({
    bucketCalls: (bucket, passTime) =>
      withUpload(bucket, (upload) => ({
        async part(bytes) {
          await upload.part(bytes);
          passTime(2_500);
        },
      })),
    files: { 'song.mp3': song(6_000) },
  });

  await transfer('/whole/song.mp3');

  const progress = lines.filter(({ event }) => event === 'transfer.progress').map(({ fields }) => fields);
  expect(progress).toMatchObject([
    { bytes: 2_000, ofBytes: 6_000, trackId: 'track-1' },
    { bytes: 4_000 },
    { bytes: 6_000 },
  ]);
});

function withUpload(bucket: InMemoryBucket, change: (upload: Upload) => Partial<Upload>): Partial<Bucket> {
  return {
    async startUpload(key, head) {
      const upload = await bucket.startUpload(key, head);
      return { ...upload, ...change(upload) };
    },
  };
}

function failAt(nth: number, part: Upload['part']): Upload['part'] {
  let calls = 0;
  return async (bytes) => {
    if (++calls === nth) throw slowDown;
    await part(bytes);
  };
}
