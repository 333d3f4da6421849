import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BucketSettings } from '../target.ts';

export async function bucketSettings(client: S3Client, bucketName: string): Promise<BucketSettings> {
  const asked = { Bucket: bucketName };
  const [access, policy, encryption, lifecycle] = await Promise.all([
    unlessNone(client.send(new GetPublicAccessBlockCommand(asked))),
    unlessNone(client.send(new GetBucketPolicyCommand(asked))),
    unlessNone(client.send(new GetBucketEncryptionCommand(asked))),
    unlessNone(client.send(new GetBucketLifecycleConfigurationCommand(asked))),
  ]);
  const block = access?.PublicAccessBlockConfiguration;
  const [byDefault] = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  const days = (lifecycle?.Rules ?? [])
    .filter(
      ({ Status, Filter, Prefix }) => Status === 'Enabled' && !(Filter?.Prefix || Filter?.Tag || Filter?.And || Prefix),
    )
    .map(({ AbortIncompleteMultipartUpload: end }) => end?.DaysAfterInitiation)
    .find((found) => found !== undefined);
  return {
    blocksPublicAccess: [
      block?.BlockPublicAcls,
      block?.BlockPublicPolicy,
      block?.IgnorePublicAcls,
      block?.RestrictPublicBuckets,
    ].every((isOn) => isOn === true),
    policy: policy?.Policy ?? null,
    encryption: byDefault?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null,
    abortsUploadsAfterDays: days ?? null,
  };
}

/** S3 responds with a specific error for each setting that does not exist. */
const none =
  /^(NoSuch(PublicAccessBlockConfiguration|BucketPolicy|LifecycleConfiguration)|ServerSideEncryptionConfigurationNotFoundError)$/;

async function unlessNone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && none.test(error.name)) return undefined;
    throw error;
  }
}
