import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bucket, type LocalS3, outcomeOf, startLocalS3 } from './local-s3.ts';

const otherEtag = '"00000000000000000000000000000000"';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');
const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
});
afterAll(() => s3.stop());

describe('objects', () => {
  test('a bucket is found or is not there', async () => {
    expect(await outcomeOf(s3.client.send(new HeadBucketCommand({ Bucket })))).toBe('200');
    expect(await outcomeOf(s3.client.send(new HeadBucketCommand({ Bucket: 'nowhere' })))).toBe('404 NotFound');
    expect(await outcomeOf(s3.client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'x' })))).toBe(
      '404 NoSuchBucket',
    );
  });

  test('an object comes back with its bytes, headers, metadata and the MD5 of its bytes as ETag', async () => {
    const headers = { ContentType: 'audio/mpeg', ContentDisposition: 'attachment; filename="x.mp3"' };
    await s3.put('a/song.mp3', 'hello', { ...headers, Metadata: { TaskId: 't1' } });

    const found = await head('a/song.mp3');

    expect(found).toMatchObject({ ...headers, ContentLength: 5, Metadata: { taskid: 't1' } });
    expect(found.ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`);
    expect(await s3.text('a/song.mp3')).toBe('hello');
  });

  test('an empty object is an object', async () => {
    await s3.put('empty', '');

    expect((await head('empty')).ContentLength).toBe(0);
    expect(await s3.text('empty')).toBe('');
  });

  test('a body that is large enough to be sent only after a 100 Continue arrives whole', async () => {
    const bytes = randomBytes(3 * 1024 * 1024);
    await s3.put('large', bytes);

    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'large' }));

    expect(bytes.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
  });

  test('what is not there is answered so, and deleting it is no error', async () => {
    expect(await outcomeOf(s3.client.send(new GetObjectCommand({ Bucket, Key: 'none' })))).toBe('404 NoSuchKey');
    expect(await outcomeOf(head('none'))).toBe('404 NotFound');
    expect(await outcomeOf(s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'none' })))).toBe('204');
  });

  test('a deleted object is gone', async () => {
    await s3.put('gone/x', '1');

    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone/x' }));

    expect(await outcomeOf(head('gone/x'))).toBe('404 NotFound');
  });

  test('a read that the SDK checks by its checksum succeeds', async () => {
    await s3.put('checked', 'hello');

    const { Body, ChecksumCRC32 } = await s3.client.send(
      new GetObjectCommand({ Bucket, Key: 'checked', ChecksumMode: 'ENABLED' }),
    );

    expect(await Body?.transformToString()).toBe('hello');
    expect(ChecksumCRC32).toBeDefined();
  });

  test.each([
    ['bytes=10-14', 'abcde', 'bytes 10-14/20'],
    ['bytes=-3', 'hij', 'bytes 17-19/20'],
    ['bytes=15-', 'fghij', 'bytes 15-19/20'],
    ['bytes=18-99', 'ij', 'bytes 18-19/20'],
    ['bytes=-99', '0123456789abcdefghij', 'bytes 0-19/20'],
  ])('the range %s is answered with just these bytes', async (Range, text, contentRange) => {
    await s3.put('ranged', '0123456789abcdefghij');

    const found = await s3.client.send(new GetObjectCommand({ Bucket, Key: 'ranged', Range }));

    expect(await found.Body?.transformToString()).toBe(text);
    expect(found.ContentRange).toBe(contentRange);
    expect(found.$metadata.httpStatusCode).toBe(206);
  });

  test('a range beyond the end is refused', async () => {
    await s3.put('ranged', '0123456789abcdefghij');

    const read = s3.client.send(new GetObjectCommand({ Bucket, Key: 'ranged', Range: 'bytes=20-30' }));

    expect(await outcomeOf(read)).toBe('416 InvalidRange');
  });
});

describe('conditions', () => {
  test("If-None-Match '*' creates and never overwrites", async () => {
    expect(await outcomeOf(s3.put('new', '1', { IfNoneMatch: '*' }))).toBe('200');
    expect(await outcomeOf(s3.put('new', '2', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await s3.text('new')).toBe('1');
  });

  test('a large body that is refused by its condition is answered, not cut', async () => {
    await s3.put('large-new', '1');

    const write = s3.put('large-new', randomBytes(3 * 1024 * 1024), { IfNoneMatch: '*' });

    expect(await outcomeOf(write)).toBe('412 PreconditionFailed');
    expect(await s3.text('large-new')).toBe('1');
  });

  test('of eight that create one object at once exactly one succeeds, and its bytes stay', async () => {
    const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.all(writers.map((body) => outcomeOf(s3.put('race', body, { IfNoneMatch: '*' }))));

    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === '412 PreconditionFailed')).toHaveLength(7);
    expect(await s3.text('race')).toBe(writers[outcomes.indexOf('200')]);
  });

  test('of eight that replace one version at once exactly one succeeds', async () => {
    const { ETag } = await s3.put('swap', 'first');
    const writers = Array.from({ length: 8 }, (_, index) => `writer ${index}`);
    const outcomes = await Promise.all(writers.map((body) => outcomeOf(s3.put('swap', body, { IfMatch: ETag }))));

    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1);
  });

  test('If-Match writes and deletes only the version it names', async () => {
    const { ETag } = await s3.put('version', '1');
    const deleted = (IfMatch?: string, Key = 'version') =>
      outcomeOf(s3.client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch })));

    expect(await outcomeOf(s3.put('version', '2', { IfMatch: ETag }))).toBe('200');
    expect(await outcomeOf(s3.put('version', '3', { IfMatch: ETag }))).toBe('412 PreconditionFailed');
    expect(await outcomeOf(s3.put('never', '3', { IfMatch: ETag }))).toBe('404 NoSuchKey');
    expect(await deleted(ETag)).toBe('412 PreconditionFailed');
    expect(await deleted(ETag, 'never')).toBe('404 NoSuchKey');
    expect(await s3.text('version')).toBe('2');
  });

  test('a read can ask for one version, or for anything but it', async () => {
    const { ETag } = await s3.put('read', '1');
    const read = (more: object) => outcomeOf(s3.client.send(new GetObjectCommand({ Bucket, Key: 'read', ...more })));

    expect(await read({ IfMatch: ETag })).toBe('200');
    expect(await read({ IfMatch: otherEtag })).toBe('412 PreconditionFailed');
    expect(await read({ IfNoneMatch: ETag })).toMatch(/^304/);
    expect(await read({ IfNoneMatch: otherEtag })).toBe('200');
  });
});

describe('checksums', () => {
  test('the CRC32 that the SDK sends is kept and shown as that of the whole', async () => {
    const bytes = randomBytes(1000);
    await s3.put('crc', bytes);
    const expected = Buffer.alloc(4);
    expected.writeUInt32BE(crc32(bytes));

    const found = await head('crc');

    expect(found).toMatchObject({ ChecksumCRC32: expected.toString('base64'), ChecksumType: 'FULL_OBJECT' });
  });

  test('a declared SHA-256 is kept and shown', async () => {
    await s3.put('sha', 'x', { ChecksumSHA256: sha256('x') });

    expect((await head('sha')).ChecksumSHA256).toBe(sha256('x'));
  });

  test.each([
    { ChecksumSHA256: sha256('y') },
    { ChecksumCRC32: 'AAAAAA==' },
    { ContentMD5: createHash('md5').update('y').digest('base64') },
  ])('a body that is not what it is declared to be is refused and not stored: %o', async (declared) => {
    expect(await outcomeOf(s3.put('bad', 'x', declared))).toBe('400 BadDigest');
    expect(await outcomeOf(head('bad'))).toBe('404 NotFound');
  });
});

describe('what it does not do', () => {
  test('is refused by name, and leaves the object as it was', async () => {
    await s3.put('precious', 'precious');
    const tagging = new PutObjectTaggingCommand({ Bucket, Key: 'precious', Tagging: { TagSet: [] } });
    const copy = new CopyObjectCommand({ Bucket, Key: 'precious', CopySource: `${Bucket}/race` });

    expect(await outcomeOf(s3.client.send(tagging))).toBe('501 NotImplemented');
    expect(await outcomeOf(s3.client.send(copy))).toBe('501 NotImplemented');
    expect(await outcomeOf(s3.put('precious', '', { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }))).toBe('501 NotImplemented');
    expect(await s3.text('precious')).toBe('precious');
  });

  test('a body in chunk framing is refused, and the framing stored nowhere', async () => {
    const Body = Readable.from([Buffer.from('hello')]);
    const framed = s3.client.send(new PutObjectCommand({ Bucket, Key: 'framed', Body, ContentLength: 5 }));

    expect(await outcomeOf(framed)).toBe('501 NotImplemented');
    expect(await outcomeOf(head('framed'))).toBe('404 NotFound');
  });
});
