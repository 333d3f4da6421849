import { describe, expect, onTestFinished, test } from 'vitest';
import { clientConfig } from '../../../client/target/local-aws.ts';
import { createS3Reader } from '../../../client/target/s3-reader.ts';
import { Bucket, startLocalS3 } from '../../contracts/local-s3.ts';

async function openReader() {
  const s3 = await startLocalS3();
  const reader = createS3Reader(Bucket, { ...clientConfig(s3.url), forcePathStyle: true });
  onTestFinished(async () => {
    reader.close();
    await s3.stop();
  });
  return { s3, reader };
}

test('reads an object with what was written beside it', async () => {
  const { s3, reader } = await openReader();
  await s3.put('callbacks/a.json', '{}', { Metadata: { labels: 'a%3Db%2520c', odd: '%' } });

  const found = await reader.read('callbacks/a.json', 100);

  expect(found).toMatchObject({ body: Buffer.from('{}'), metadata: { labels: 'a=b%20c', odd: '%' } });
  expect(found?.modified).toBeInstanceOf(Date);
});

test('refuses what is larger than it can have been given, and what is missing is undefined', async () => {
  const { s3, reader } = await openReader();
  await s3.put('a', 'eleven bytes');

  await expect(reader.read('a', 11)).rejects.toThrow('a has 12 bytes, which is more than');
  expect(await reader.read('b', 11)).toBeUndefined();
  expect(await reader.open('b')).toBeUndefined();
});

describe('a piece of an object', () => {
  const signal = new AbortController().signal;
  const bytesOf = async (body: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(body)).toString();

  test('is returned alone, with its position in the object', async () => {
    const { s3, reader } = await openReader();
    await s3.put('a', 'eleven bytes');

    const found = await reader.openRange('a', { range: 'bytes=7-9' }, signal);

    expect(found).toMatchObject({ bytes: 3, range: 'bytes 7-9/12', etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
    expect(typeof found === 'object' && (await bytesOf(found.body))).toBe('byt');
  });

  test('without a range it is the whole', async () => {
    const { s3, reader } = await openReader();
    await s3.put('a', 'eleven bytes');

    const found = await reader.openRange('a', {}, signal);

    expect(found).toMatchObject({ bytes: 12, range: undefined });
    expect(typeof found === 'object' && (await bytesOf(found.body))).toBe('eleven bytes');
  });

  test('an object that does not exist is distinguished from an error', async () => {
    const { s3, reader } = await openReader();
    await s3.put('a', 'eleven bytes');
    const found = await reader.openRange('a', {}, signal);
    const { etag } = typeof found === 'object' ? found : { etag: '' };

    expect(await reader.openRange('b', {}, signal)).toBe('missing');
    expect(await reader.openRange('a', { ifNoneMatch: etag }, signal)).toBe('not-modified');
    expect(await reader.openRange('a', { range: 'bytes=0-1', ifMatch: '"other"' }, signal)).toBe('changed');
    expect(await reader.openRange('a', { range: 'bytes=50-' }, signal)).toBe('out-of-range');
    await expect(reader.openRange('a', {}, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  test('of a deleted bucket is an error', async () => {
    const s3 = await startLocalS3();
    const reader = createS3Reader('another', { ...clientConfig(s3.url), forcePathStyle: true });
    onTestFinished(async () => {
      reader.close();
      await s3.stop();
    });

    await expect(reader.openRange('a', {}, signal)).rejects.toThrow('no bucket another');
  });
});

test('a list tells which version of each object there is', async () => {
  const { s3, reader } = await openReader();
  await s3.put('a', 'one');
  const before = await Array.fromAsync(reader.list(''));
  await s3.put('a', 'two');
  const after = await Array.fromAsync(reader.list(''));

  expect(before[0]?.etag).toMatch(/^"[0-9a-f]{32}"$/);
  expect(after[0]?.etag).not.toBe(before[0]?.etag);
});
