import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Config } from './config.ts';
import { allow } from './node-function.ts';

/** The bucket that people browse, and the only state of the system (P10: it outlives the stack). */
export function defineStorage(stack: Stack, config: Config): IBucket {
  const { bucketName, existingBucketName, versioned } = config;
  // After `cdk destroy` the kept bucket can be reused by its name: records and music are where they were.
  if (existingBucketName !== undefined) return Bucket.fromBucketName(stack, 'Bucket', existingBucketName);

  const bucket = new Bucket(stack, 'Bucket', {
    ...(bucketName === undefined ? {} : { bucketName }),
    removalPolicy: RemovalPolicy.RETAIN,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    ...encryption(stack, config),
    enforceSSL: true,
    versioned,
    lifecycleRules: lifecycleRules(config),
  });
  // A kept bucket keeps the policy that allows TLS only.
  bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  if (config.notifyEventBridge) notifyEventBridge(bucket);
  return bucket;
}

/** Writers need both: S3 uses the second for its bucket key and for the parts of an upload. */
const toWrite = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** The permissions on the owner's key that a function needs besides those on the bucket. */
export function keyPermissions(bucket: IBucket, { kmsKeyArn }: Config, use = toWrite): PolicyStatement[] {
  if (kmsKeyArn === undefined) return [];
  const { region, urlSuffix } = Stack.of(bucket);
  return [allow(use, [kmsKeyArn], { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } })];
}

/** The bucket's default encryption, so that requests need no header. */
function encryption(stack: Stack, { kmsKeyArn }: Config): BucketProps {
  if (kmsKeyArn === undefined) return { encryption: BucketEncryption.S3_MANAGED };
  return {
    encryption: BucketEncryption.KMS,
    encryptionKey: Key.fromKeyArn(stack, 'BucketKey', kmsKeyArn),
    // Otherwise each object and each part of an upload costs a request to KMS.
    bucketKeyEnabled: true,
  };
}

/** Nothing of the owner expires unless the owner configures it (P10). */
function lifecycleRules(config: Config): LifecycleRule[] {
  const { intelligentTiering, callbacksExpireAfterDays, versioned, oldVersionsExpireAfterDays } = config;
  const rules: (LifecycleRule & { isWanted?: boolean })[] = [
    {
      id: 'abort-unfinished-uploads',
      // A day longer than transfers are retried, so that no upload is removed during a retry.
      abortIncompleteMultipartUploadAfter: Duration.days(15),
    },
    {
      isWanted: intelligentTiering,
      id: 'tier-library',
      prefix: 'library/',
      // At once: until S3 finds it idle, a file costs the same in either class. S3 excludes objects under 128 KiB.
      transitions: [{ storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(0) }],
    },
    {
      isWanted: callbacksExpireAfterDays !== undefined,
      id: 'expire-callbacks',
      prefix: 'callbacks/',
      expiration: days(callbacksExpireAfterDays),
    },
    {
      isWanted: versioned,
      // Deleted markers leave tombstones, over which the sweeper's list would walk every minute.
      id: 'forget-removed-markers',
      prefix: 'schedule/',
      noncurrentVersionExpiration: Duration.days(1),
      expiredObjectDeleteMarker: true,
    },
    {
      isWanted: oldVersionsExpireAfterDays !== undefined,
      id: 'expire-old-versions',
      noncurrentVersionExpiration: days(oldVersionsExpireAfterDays),
      expiredObjectDeleteMarker: true,
    },
  ];
  return rules.filter(({ isWanted = true }) => isWanted).map(({ isWanted, ...rule }) => rule);
}

function days(amount: number | undefined): Duration | undefined {
  return amount === undefined ? undefined : Duration.days(amount);
}

/** Deliberately not CDK's `eventBridgeEnabled`, which deploys a function that may write to every log group. */
function notifyEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error('the bucket is no bucket of CloudFormation');
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
