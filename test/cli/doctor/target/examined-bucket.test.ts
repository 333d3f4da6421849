import http from 'node:http';
import { join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { createExaminedBucket } from '../../../../cli/doctor/target/examined-bucket.ts';
import { clientConfig } from '../../../../client/target/local-aws.ts';
import { startS3 } from '../../../../local/s3/server.ts';
import { temporaryFolder } from '../../cli-setup.ts';

async function openBucket() {
  const folder = await temporaryFolder();
  const s3 = await startS3({ folder, systemFolder: join(folder, '.system') });
  const client = new S3Client({ ...clientConfig(s3.url), forcePathStyle: true });
  onTestFinished(async () => {
    client.destroy();
    await s3.close();
  });
  await client.send(new CreateBucketCommand({ Bucket: 'music' }));
  const put = (Key: string, Body: Buffer, taskid?: string) =>
    client.send(
      new PutObjectCommand({
        Bucket: 'music',
        Key,
        Body,
        ContentType: 'audio/mpeg',
        ...(taskid && { Metadata: { taskid } }),
      }),
    );
  return { client, put, bucket: createExaminedBucket(client, 'music') };
}

test('an object comes with its type, and says whose it is; one that is not there is undefined', async () => {
  const { bucket, put } = await openBucket();
  await put('library/a.mp3', Buffer.from('a'), 'a%20task');

  expect(await bucket.read('library/a.mp3')).toEqual({ bytes: Buffer.from('a'), contentType: 'audio/mpeg' });
  expect(await bucket.ownerOf('library/a.mp3')).toBe('a task');
  expect([await bucket.read('library/b.mp3'), await bucket.ownerOf('library/b.mp3')]).toEqual([undefined, undefined]);
});

test('what is larger than anything that the doctor makes is not read', async () => {
  const { bucket, put } = await openBucket();
  await put('library/a.mp3', Buffer.alloc(1024 * 1024 + 1));

  await expect(bucket.read('library/a.mp3')).rejects.toThrow('more than it can have been given');
});

test('what is removed is gone, also the second time', async () => {
  const { bucket, put } = await openBucket();
  await put('tasks/a.json', Buffer.from('{}'));

  expect([await bucket.remove('tasks/a.json'), await bucket.remove('tasks/a.json')]).toEqual([false, false]);
  expect(await Array.fromAsync(bucket.list('tasks/'))).toEqual([]);
});

test('a bucket with versions says that it keeps what was removed', async () => {
  const server = http.createServer((_, response) => {
    response.writeHead(204, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': 'v' }).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const client = new S3Client({ ...clientConfig(`http://127.0.0.1:${address.port}`), forcePathStyle: true });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });

  expect(await createExaminedBucket(client, 'music').remove('tasks/a.json')).toBe(true);
});
