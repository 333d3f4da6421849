import { createHash } from 'node:crypto';
import { CreateMultipartUploadCommand, HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bucket, crcOf, type LocalS3, MiB, outcomeOf, sendParts, startLocalS3 } from './local-s3.ts';

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest();
const wholeCrc = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3.stop());

const uploaded = (key: string, sizes: number[], more?: Parameters<typeof sendParts>[3]) =>
  sendParts(s3, key, sizes, more);
const bytesOf = (key: string) => s3.bytes(key);
const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));

test('parts become one object with the headers of the upload, the ETag of its parts and the CRC32 of the whole', async () => {
  const headers = { ContentType: 'video/mp4', ContentDisposition: 'inline', Metadata: { taskid: 't1' } };
  const upload = await uploaded('song', [5 * MiB, 5 * MiB, 1000], { ...wholeCrc, ...headers });
  expect(await outcomeOf(head('song'))).toBe('404 NotFound');

  const done = await upload.complete({
    ChecksumType: 'FULL_OBJECT',
    ChecksumCRC32: crcOf(upload.whole),
    MpuObjectSize: upload.whole.length,
  });

  expect(done.ETag).toBe(`"${md5(Buffer.concat(upload.bodies.map(md5))).toString('hex')}-3"`);
  expect(done).toMatchObject({ ChecksumCRC32: crcOf(upload.whole), ChecksumType: 'FULL_OBJECT' });
  expect(await head('song')).toMatchObject({ ...headers, ETag: done.ETag, ChecksumCRC32: crcOf(upload.whole) });
  expect(upload.whole.equals(await bytesOf('song'))).toBe(true);
});

test('parts are listed by pages with their sizes and checksums', async () => {
  const upload = await uploaded('listed', [1000, 2000, 3000]);

  const first = await upload.list({ MaxParts: 2 });
  const second = await upload.list({ PartNumberMarker: first.NextPartNumberMarker });

  expect(first).toMatchObject({ IsTruncated: true, Parts: [{ Size: 1000 }, { Size: 2000 }] });
  expect(second).toMatchObject({ IsTruncated: false, Parts: [{ PartNumber: 3, Size: 3000 }] });
  expect(second.Parts?.[0]?.ChecksumCRC32).toBe(crcOf(upload.bodies[2] ?? Buffer.alloc(0)));
});

test('a part that is sent again replaces the one before', async () => {
  const upload = await uploaded('again', [1000]);
  const { ETag } = await upload.send(1, Buffer.from('second'));

  await upload.complete({ MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } });

  expect((await bytesOf('again')).toString()).toBe('second');
});

test('a part may be 64 MiB', async () => {
  const upload = await uploaded('big', [64 * MiB]);

  await upload.complete();

  expect((await head('big')).ContentLength).toBe(64 * MiB);
});

test('a part that is not what it is declared to be, or has no fit number, is refused', async () => {
  const upload = await uploaded('bad-part', []);
  const body = Buffer.from('x');

  expect(await outcomeOf(upload.send(1, body, { ChecksumCRC32: 'AAAAAA==' }))).toBe('400 BadDigest');
  expect(await outcomeOf(upload.send(0, body))).toBe('400 InvalidArgument');
  expect(await outcomeOf(upload.send(10_001, body))).toBe('400 InvalidArgument');
  expect((await upload.list()).Parts ?? []).toEqual([]);
});

test('a completion whose claims do not hold is refused and can be made again', async () => {
  const upload = await uploaded('claims', [5 * MiB, 9]);
  const [first, second] = upload.Parts;
  const claim = (Parts: object[]) => outcomeOf(upload.complete({ MultipartUpload: { Parts } }));
  const wrongCrc = { ChecksumType: 'FULL_OBJECT', ChecksumCRC32: 'AAAAAA==' } as const;

  expect(await claim([{ ...first, ETag: second?.ETag }])).toBe('400 InvalidPart');
  expect(await claim([{ ...first, ChecksumCRC32: 'AAAAAA==' }])).toBe('400 InvalidPart');
  expect(await claim([{ ...first, PartNumber: 7 }])).toBe('400 InvalidPart');
  expect(await claim([second ?? {}, first ?? {}])).toBe('400 InvalidPartOrder');
  expect(await claim([])).toBe('400 MalformedXML');
  expect(await outcomeOf(upload.complete(wrongCrc))).toBe('400 BadDigest');
  expect(await outcomeOf(upload.complete({ MpuObjectSize: 10 }))).toBe('400 InvalidRequest');
  expect(await outcomeOf(head('claims'))).toBe('404 NotFound');
  expect(await outcomeOf(upload.complete())).toBe('200');
});

test('only the last part may be smaller than 5 MiB', async () => {
  const upload = await uploaded('small', [1000, 1000]);

  expect(await outcomeOf(upload.complete())).toBe('400 EntityTooSmall');
});

test('a completion that must create does not overwrite, and one that must replace needs its version', async () => {
  const first = await uploaded('cond', [1000]);
  const { ETag } = await first.complete({ IfNoneMatch: '*' });
  const second = await uploaded('cond', [1000]);

  expect(await outcomeOf(second.complete({ IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  expect(first.whole.equals(await bytesOf('cond'))).toBe(true);
  expect(await outcomeOf(second.complete({ IfMatch: ETag }))).toBe('200');
  expect(second.whole.equals(await bytesOf('cond'))).toBe(true);
});

test('of completions and writes that create one object at once exactly one succeeds', async () => {
  const uploads = await Promise.all([1, 2, 3, 4].map(() => uploaded('mixed', [5 * MiB, 10])));

  const outcomes = await Promise.all([
    ...uploads.map((upload) => outcomeOf(upload.complete({ IfNoneMatch: '*' }))),
    ...uploads.map(() => outcomeOf(s3.put('mixed', 'put', { IfNoneMatch: '*' }))),
  ]);

  expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === '412 PreconditionFailed')).toHaveLength(7);
});

test('a completion that is repeated, also at once and after a restart, is answered like the first', async () => {
  const upload = await uploaded('repeated', [1000]);
  const [one, two] = await Promise.all([upload.complete({ IfNoneMatch: '*' }), upload.complete({ IfNoneMatch: '*' })]);
  await s3.restart();

  const three = await upload.complete({ IfNoneMatch: '*' });

  expect(new Set([one.ETag, two.ETag, three.ETag]).size).toBe(1);
});

test('an aborted upload is gone', async () => {
  const upload = await uploaded('aborted', [1000]);

  await upload.abort();

  expect(await outcomeOf(upload.send(1, Buffer.from('x')))).toBe('404 NoSuchUpload');
  expect(await outcomeOf(upload.list())).toBe('404 NoSuchUpload');
  expect(await outcomeOf(upload.complete())).toBe('404 NoSuchUpload');
});

test('uploads in progress are listed by pages in the order of their keys', async () => {
  await Promise.all(['in/b', 'in/a', 'in/c'].map((key) => uploaded(key, [])));
  const list = (more: object) => s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'in/', ...more }));

  const first = await list({ MaxUploads: 2 });
  const second = await list({ KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker });

  expect(first).toMatchObject({ IsTruncated: true, Uploads: [{ Key: 'in/a' }, { Key: 'in/b' }] });
  expect(second).toMatchObject({ IsTruncated: false, Uploads: [{ Key: 'in/c' }] });
});

test('an upload continues after a restart with the parts it has', async () => {
  const upload = await uploaded('resumed', [5 * MiB]);
  await s3.restart();
  const { ETag } = await upload.send(2, Buffer.from('end'));
  const { Parts } = await upload.list();

  await upload.complete({
    MultipartUpload: { Parts: Parts?.map(({ PartNumber, ETag: tag }) => ({ PartNumber, ETag: tag })) },
  });

  expect(Parts).toMatchObject([{ PartNumber: 1, Size: 5 * MiB }, { ETag }]);
  expect(Buffer.concat([upload.whole, Buffer.from('end')]).equals(await bytesOf('resumed'))).toBe(true);
});

test('a checksum of checksums is refused: it would not say that the whole is whole', async () => {
  expect(
    await outcomeOf(
      s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c', ChecksumAlgorithm: 'SHA256' })),
    ),
  ).toBe('501 NotImplemented');
});
