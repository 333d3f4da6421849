import { expect, onTestFinished, test } from 'vitest';
import { createS3Reader } from '../../../../infra/cli/target/s3-reader.ts';
import { clientConfig } from '../../../../infra/local/local-aws.ts';
import { Bucket, startLocalS3 } from '../../../contracts/local-s3.ts';

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
