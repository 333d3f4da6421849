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

/** The bucket people browse, and the only state there is (P10: it outlives the stack). */
export function defineStorage(stack: Stack, config: Config): IBucket {
  const { bucketName, existingBucketName, versioned } = config;
  // Destroy the stack, keep the bucket, deploy again with its name: records and music are where they were.
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
  // A kept bucket keeps the rule that it is read over TLS only.
  bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  if (config.notifyEventBridge) notifyEventBridge(bucket);
  return bucket;
}

/** Both, for whoever writes: S3 opens its bucket key, and the parts of an upload, with the second. */
const toWrite = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** What a function needs besides its rights in the bucket where that is encrypted with the owner's key. */
export function keyPermissions(bucket: IBucket, { kmsKeyArn }: Config, use = toWrite): PolicyStatement[] {
  if (kmsKeyArn === undefined) return [];
  const { region, urlSuffix } = Stack.of(bucket);
  return [allow(use, [kmsKeyArn], { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } })];
}

/** The bucket's default, so no request needs a header for it. */
function encryption(stack: Stack, { kmsKeyArn }: Config): BucketProps {
  if (kmsKeyArn === undefined) return { encryption: BucketEncryption.S3_MANAGED };
  return {
    encryption: BucketEncryption.KMS,
    encryptionKey: Key.fromKeyArn(stack, 'BucketKey', kmsKeyArn),
    // Else each object, and each part of an upload, is a request to KMS.
    bucketKeyEnabled: true,
  };
}

/** Nothing of the owner's expires unless the owner says so (P10). */
function lifecycleRules(config: Config): LifecycleRule[] {
  const { intelligentTiering, callbacksExpireAfterDays, versioned, oldVersionsExpireAfterDays } = config;
  const rules: (LifecycleRule & { isWanted?: boolean })[] = [
    {
      id: 'abort-unfinished-uploads',
      // A day longer than a transfer is tried again, so that no upload is taken from under a retry.
      abortIncompleteMultipartUploadAfter: Duration.days(15),
    },
    {
      isWanted: intelligentTiering,
      id: 'tier-library',
      prefix: 'library/',
      // At once: until S3 finds it idle, a file costs there what it costs anywhere. S3 leaves out what is under 128 KiB.
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
      // Every minute the sweeper's list walks over what markers leave behind.
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

/** Deliberately not CDK's `eventBridgeEnabled`, which deploys a function of its own that may write to every log group. */
function notifyEventBridge(bucket: Bucket): void {
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error('the bucket is no bucket of CloudFormation');
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
}
