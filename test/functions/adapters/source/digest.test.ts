// Digests that hosts send of their files.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { compareDigest, digestIn } from '../../../../functions/adapters/source/digest.ts';
import { song } from '../../../doubles/sample-files.ts';
import { readAll, schemes, setUpSource } from './source-setup.ts';

const digest = (algorithm: string, bytes: Buffer, encoding: 'base64' | 'hex' = 'base64') =>
  createHash(algorithm).update(bytes).digest(encoding);
const urlOf = (...lines: string[]) =>
  `/with-headers/song.mp3?${lines.map((line) => `header=${encodeURIComponent(line)}`).join('&')}`;

/** What hosts send of a file. */
const kinds: readonly [string, (bytes: Buffer) => string[]][] = [
  ['Content-MD5', (bytes) => [`content-md5: ${digest('md5', bytes)}`]],
  ['Repr-Digest', (bytes) => [`repr-digest: sha-256=:${digest('sha256', bytes)}:, md5=:AAAA:`]],
  ['Digest', (bytes) => [`digest: UNIXsum=1,SHA-512=${digest('sha512', bytes)}`]],
  ['x-goog-hash', (bytes) => [`x-goog-hash: crc32c=AAAAAA==, md5=${digest('md5', bytes)}`]],
  [
    'the ETag of S3',
    (bytes) => ['server: AmazonS3', 'x-amz-server-side-encryption: AES256', `etag: "${digest('md5', bytes, 'hex')}"`],
  ],
];

describe.each(schemes)('over %s, the digest of a host', (scheme) => {
  test.each(kinds)('that fits is no matter: %s', async (_name, lines) => {
    const { bytes } = await setUpSource({ scheme });

    expect(await bytes(urlOf(...lines(song())))).toEqual(song());
  });

  test.each(kinds)('that does not fit means that the file was damaged on its way: %s', async (_name, lines) => {
    const { failure } = await setUpSource({ scheme });

    expect(await failure(urlOf(...lines(song().reverse())))).toEqual({
      code: 'wrong_digest',
      detail: expect.stringMatching(/^the 3000 bytes do not have the (md5|sha256|sha512) digest that the host sent$/),
    });
  });
});

test('a digest that is wrong in every round is ignored, so that it does not cost the file', async () => {
  const { open } = await setUpSource();

  const opened = await open(urlOf('content-md5: AAAAAAAAAAAAAAAAAAAAAA=='), { ignoresDigest: true });

  expect(await readAll(opened)).toEqual(song());
});

test('a part of a file is not compared with the digest of all of it', async () => {
  const { open } = await setUpSource();

  const opened = await open(urlOf('content-md5: AAAAAAAAAAAAAAAAAAAAAA=='), { aheadBytes: 1_000 });

  expect(opened.version).toBe('"one"');
  expect(await readAll(opened)).toEqual(song().subarray(0, 1_000));
});

test('an encoded file is not compared: the digest may be that of the encoded bytes', async () => {
  const { bytes } = await setUpSource();

  const read = await bytes(urlOf('content-encoding: gzip', 'content-md5: AAAAAAAAAAAAAAAAAAAAAA=='));

  expect(read).toEqual(song());
});

describe('is not taken for the digest of these bytes:', () => {
  const md5 = digest('md5', song(), 'hex');
  const s3 = { server: 'AmazonS3', 'x-amz-server-side-encryption': 'AES256', etag: `"${md5}"` };
  const goog = { 'x-goog-hash': `md5=${digest('md5', song())}` };

  test.each([
    ['an ETag of another host', { etag: `"${md5}"` }],
    ['an ETag of another store', { ...s3, server: 'MinIO' }],
    ['an ETag of an object with a key of KMS', { ...s3, 'x-amz-server-side-encryption': 'aws:kms' }],
    ['an ETag of an object that does not say how it is encrypted', { server: s3.server, etag: s3.etag }],
    ['an ETag of S3 Express', { ...s3, 'x-amz-storage-class': 'EXPRESS_ONEZONE' }],
    ['an ETag of an upload in parts', { ...s3, etag: `"${md5}-2"` }],
    ['a weak ETag', { ...s3, etag: `W/"${md5}"` }],
    ['a hash of Google that came through another server', { ...goog, server: 'cloudflare' }],
    ['a hash of Google of compressed bytes', { ...goog, 'x-goog-stored-content-encoding': 'gzip' }],
    ['an ETag of S3 that came through another server', { ...s3, server: 'AmazonS3, cloudflare' }],
    ['two digests', { 'content-md5': `${digest('md5', song())}, ${digest('md5', Buffer.alloc(1))}` }],
    ['a digest of another length', { 'content-md5': 'AAAA' }],
    ['a digest of another algorithm', { digest: 'sha=AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'repr-digest': 'md5=1' }],
    ['nothing', {}],
  ])('%s', (_what, headers) => {
    expect(digestIn({ statusCode: 200, headers })).toBeNull();
  });

  test('that of a response which was transformed on its way', () => {
    expect(digestIn({ statusCode: 200, headers: s3 })).not.toBeNull();
    expect(digestIn({ statusCode: 203, headers: s3 })).toBeNull();
  });
});

test('a file of over 64 MiB is not hashed, whether or not its length is known', async () => {
  const into = Buffer.alloc(8 * 1024 ** 2);
  const wrong = { algorithm: 'md5', value: Buffer.alloc(16) } as const;
  for (const totalBytes of [9 * into.length, null]) {
    const lengths = [...Array.from({ length: 9 }, () => into.length), 0];
    const body = compareDigest({ read: async () => lengths.shift() ?? 0, close() {} }, wrong, totalBytes);

    for (let reads = 0; reads < 10; reads++) await body.read(into);
    expect(lengths).toEqual([]);
  }
});
