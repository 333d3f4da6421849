// The way of most articles: fetch, and the SDK's own Upload, both with their defaults.
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Job } from './job.ts';

const client = new S3Client({});

export async function handler({ sourceUrl, bucket, key }: Job): Promise<void> {
  const { body } = await fetch(sourceUrl);
  await new Upload({ client, params: { Bucket: bucket, Key: key, Body: body ?? undefined } }).done();
}
