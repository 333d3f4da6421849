import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { NewestUnder } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { createAskS3, createS3Client } from './s3-client.ts';
import type { S3Options } from './s3-options.ts';

/** Looks at one page, of 1,000 keys: a task has a handful. Of those that came within one second, the last by name. */
export function createS3Newest(bucketName: string, environment: AwsEnvironment, options: S3Options = {}): NewestUnder {
  const ask = createAskS3(createS3Client(environment, options), options);
  return async (prefix) => {
    const command = new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix });
    const { Contents = [] } = await ask(`ListObjectsV2 ${prefix}`, (client, limit) => client.send(command, limit));
    const byAge = Contents.toSorted((one, other) => timeOf(one.LastModified) - timeOf(other.LastModified));
    return byAge.at(-1)?.Key;
  };
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
