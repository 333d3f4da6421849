// The most recently written of several objects.
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { FindLatestKey } from '../../ports.ts';
import type { AwsEnvironment } from '../aws/environment.ts';
import { createCallS3, type S3Limits } from './call-s3.ts';

/** Reads one page, of 1,000 keys: a task has a handful. Among objects of the same second, the last by name. */
export function createFindLatestKey(bucketName: string, environment: AwsEnvironment, limits?: S3Limits): FindLatestKey {
  const callS3 = createCallS3(environment, limits);
  return async (prefix) => {
    const command = new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix });
    const listing = callS3(`ListObjectsV2 ${prefix}`, (client, options) => client.send(command, options));
    const { Contents = [] } = await listing;
    const byAge = Contents.toSorted((one, other) => timeOf(one.LastModified) - timeOf(other.LastModified));
    return byAge.at(-1)?.Key;
  };
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}
