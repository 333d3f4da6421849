import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Config } from './config.ts';

/** The bucket people browse, and the only state there is (P10: it outlives the stack). */
export function defineStorage(stack: Stack, { bucketName, existingBucketName }: Config): IBucket {
  // Destroy the stack, keep the bucket, deploy again with its name: records and music are where they were.
  if (existingBucketName !== undefined) return Bucket.fromBucketName(stack, 'Bucket', existingBucketName);

  const bucket = new Bucket(stack, 'Bucket', {
    ...(bucketName === undefined ? {} : { bucketName }),
    removalPolicy: RemovalPolicy.RETAIN,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    // Objects are published once and records are merged, so versions would only keep every step of every record.
    versioned: false,
    lifecycleRules: [
      {
        id: 'abort-unfinished-uploads',
        // A day longer than a transfer is tried again, so that no upload is taken from under a retry.
        abortIncompleteMultipartUploadAfter: Duration.days(15),
      },
    ],
  });
  // A kept bucket keeps the rule that it is read over TLS only.
  bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  return bucket;
}
