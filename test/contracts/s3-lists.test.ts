import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bucket, type LocalS3, startLocalS3 } from './local-s3.ts';

const keys = ['l/Z', 'l/a-b', 'l/a/1', 'l/a/2', 'l/b/1', 'l/c', 'l/é', 'l/\uffee', 'l/😀'];
let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3();
  await Promise.all(keys.map((key) => s3.put(key, key)));
});

afterAll(() => s3.stop());

const listed = async (more: object) => await s3.client.send(new ListObjectsV2Command({ Bucket, ...more }));
const keysOf = (list: { Contents?: { Key?: string }[] }) => list.Contents?.map(({ Key }) => Key);

test('keys stand in the order of their UTF-8 bytes, with size and ETag', async () => {
  const list = await listed({ Prefix: 'l/' });

  expect(keysOf(list)).toEqual(keys);
  expect(list.Contents?.[0]).toMatchObject({
    Size: 3,
    ETag: (await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'l/Z' }))).ETag,
  });
});

test('answers are XML of the namespace of S3, and errors of none', async () => {
  const list = await (await fetch(`${s3.url}/${Bucket}?list-type=2`)).text();
  const error = await (await fetch(`${s3.url}/${Bucket}/none`)).text();

  expect(list).toContain('?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>');
  expect(error).toContain('?>\n<Error><Code>NoSuchKey</Code>');
});

test('a delimiter gathers what lies below it', async () => {
  const list = await listed({ Prefix: 'l/', Delimiter: '/' });

  expect(list.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['l/a/', 'l/b/']);
  expect(keysOf(list)).toEqual(['l/Z', 'l/a-b', 'l/c', 'l/é', 'l/\uffee', 'l/😀']);
});

test.each([undefined, '/'])('pages together hold what one list holds (delimiter %s)', async (Delimiter) => {
  const whole = await listed({ Prefix: 'l/', Delimiter });
  const found: unknown[] = [];
  let token: string | undefined;
  do {
    const page = await listed({ Prefix: 'l/', Delimiter, MaxKeys: 2, ContinuationToken: token });
    found.push(...(page.Contents ?? []), ...(page.CommonPrefixes ?? []));
    expect(page.KeyCount).toBeLessThanOrEqual(2);
    token = page.NextContinuationToken;
  } while (token);

  expect(found).toHaveLength(whole.KeyCount ?? 0);
  expect(new Set(found)).toEqual(new Set([...(whole.Contents ?? []), ...(whole.CommonPrefixes ?? [])]));
});

test('a list can start after a key, and a prefix need not end at a slash', async () => {
  expect(keysOf(await listed({ Prefix: 'l/', StartAfter: 'l/b/1' }))).toEqual(keys.slice(5));
  expect(keysOf(await listed({ Prefix: 'l/a' }))).toEqual(['l/a-b', 'l/a/1', 'l/a/2']);
  expect(await listed({ Prefix: 'nothing/' })).toMatchObject({ KeyCount: 0, IsTruncated: false });
});
