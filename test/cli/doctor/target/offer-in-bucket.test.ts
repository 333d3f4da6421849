import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { offerInBucket } from '../../../../cli/doctor/target/examined-bucket.ts';
import { clientConfig } from '../../../../client/target/local-aws.ts';
import { testSong } from '../../../../client/test-song.ts';
import { startS3 } from '../../../../local/s3/server.ts';
import { temporaryFolder } from '../../cli-setup.ts';

const now = () => new Date('2026-11-21T12:00:00Z');

async function offered({ sessionToken }: { sessionToken?: string } = {}) {
  const folder = await temporaryFolder();
  const s3 = await startS3({ folder, systemFolder: join(folder, '.system') });
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the secret key', sessionToken });
  const client = new S3Client({ ...clientConfig(s3.url), credentials, forcePathStyle: true });
  onTestFinished(async () => {
    client.destroy();
    await s3.close();
  });
  await client.send(new CreateBucketCommand({ Bucket: 'music' }));
  return {
    folder: join(folder, 'music'),
    link: new URL(await offerInBucket(client, 'music', now)('doctor-1', 'seed')),
  };
}

test('the song is offered under incoming/, by a presigned URL that expires after minutes', async () => {
  const { folder, link } = await offered();

  expect(link.pathname).toBe('/music/incoming/doctor-1/song.mp3');
  expect(link.searchParams.get('X-Amz-Date')).toBe('20261121T120000Z');
  expect(link.searchParams.get('X-Amz-Expires')).toBe('300');
  expect((await readFile(join(folder, 'incoming/doctor-1/song.mp3'))).equals(testSong('seed'))).toBe(true);
});

test('the link is signed with what the SDK found, and the token of a session goes with it', async () => {
  const { link } = await offered({ sessionToken: 'a+b/c=' });

  expect(link.searchParams.get('X-Amz-Credential')).toBe('AKIDEXAMPLE/20261121/us-east-1/s3/aws4_request');
  expect(link.searchParams.get('X-Amz-Security-Token')).toBe('a+b/c=');
  expect(decodeURIComponent(link.href)).not.toContain('the secret key');
});

test('without a session there is no token of one', async () => {
  const { link } = await offered();

  expect(link.searchParams.has('X-Amz-Security-Token')).toBe(false);
});
