import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { permissionsOf, resourceOf, statementsOf, synthesized } from './synthesized.ts';

const template = synthesized();
const keyArn = 'arn:aws:kms:eu-west-1:123456789012:key/0f5a3b1c-1111-4222-8333-944444444444';
const everyChoice = {
  'trackkeeper:kmsKeyArn': keyArn,
  'trackkeeper:intelligentTiering': true,
  'trackkeeper:versioned': true,
  'trackkeeper:oldVersionsExpireAfterDays': 60,
  'trackkeeper:callbacksExpireAfterDays': 90,
  'trackkeeper:notifyEventBridge': true,
};
const bucketOf = (context: Record<string, unknown>) =>
  resourceOf(synthesized(context), 'AWS::S3::Bucket', 'Bucket').Properties;
const rulesOf = (context: Record<string, unknown>) => bucketOf(context).LifecycleConfiguration;
const abortRule = {
  Id: 'abort-unfinished-uploads',
  Status: 'Enabled',
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 15 },
};

test('P10: the bucket, and the rule that it is read over TLS only, outlive the stack', () => {
  for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy']) {
    template.allResources(type, { DeletionPolicy: 'Retain' });
  }
  template.hasResource('AWS::S3::Bucket', { UpdateReplacePolicy: 'Retain' });
});

test('the bucket is private, encrypted, and owns all that is put into it', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    VersioningConfiguration: Match.absent(),
  });
});

test('the bucket refuses anyone who comes without TLS', () => {
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({
          Effect: 'Deny',
          Action: 's3:*',
          Principal: { AWS: '*' },
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ],
    },
  });
});

test('P10: an unfinished upload is given up a day after the last retry, and nothing else expires unless the owner says so', () => {
  template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [abortRule] } });
});

test('P10: callbacks expire when the owner says so, and nothing but callbacks', () => {
  expect(rulesOf({ 'trackkeeper:callbacksExpireAfterDays': '90' })).toEqual({
    Rules: [
      abortRule,
      {
        Id: 'expire-callbacks',
        Status: 'Enabled',
        ExpirationInDays: 90,
        Prefix: 'callbacks/',
      },
    ],
  });
});

test('P10: with versions, what is overwritten or deleted stays forever, but for what markers leave behind', () => {
  const versioned = { 'trackkeeper:versioned': true };

  expect(bucketOf(versioned)).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
  expect(rulesOf(versioned)).toEqual({
    Rules: [
      abortRule,
      {
        Id: 'forget-removed-markers',
        Status: 'Enabled',
        Prefix: 'schedule/',
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        ExpiredObjectDeleteMarker: true,
      },
    ],
  });
});

test('P10: old versions expire when the owner says so, and no version that is in force', () => {
  const expiring = { 'trackkeeper:versioned': true, 'trackkeeper:oldVersionsExpireAfterDays': 60 };

  expect(rulesOf(expiring)).toEqual({
    Rules: [
      abortRule,
      expect.objectContaining({ Id: 'forget-removed-markers' }),
      {
        Id: 'expire-old-versions',
        Status: 'Enabled',
        NoncurrentVersionExpiration: { NoncurrentDays: 60 },
        ExpiredObjectDeleteMarker: true,
      },
    ],
  });
});

test.each(['Receiver', 'Archiver', 'Sweeper'])('P10: with versions, the %s can destroy none of them', (id) => {
  const actions = [...permissionsOf(synthesized(everyChoice), id).keys()];

  expect(actions.filter((action) => /version|lifecycle|\*/i.test(action))).toEqual([]);
});

test('files that no one reads get cheaper if the owner wants it, without a wait for those who do read them', () => {
  const tiered = { 'trackkeeper:intelligentTiering': true };

  expect(rulesOf(tiered)).toEqual({
    Rules: [
      abortRule,
      {
        Id: 'tier-library',
        Status: 'Enabled',
        Prefix: 'library/',
        Transitions: [{ StorageClass: 'INTELLIGENT_TIERING', TransitionInDays: 0 }],
      },
    ],
  });
  // Its archive tiers are a matter of hours; nothing asks for them.
  expect(bucketOf(tiered)).not.toHaveProperty('IntelligentTieringConfigurations');
});

test('the bucket is encrypted with the owner’s key, by way of a key of the bucket', () => {
  expect(bucketOf({ 'trackkeeper:kmsKeyArn': keyArn }).BucketEncryption).toEqual({
    ServerSideEncryptionConfiguration: [
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArn },
      },
    ],
  });
});

test.each([
  ['that the stack makes', {}],
  ['that an earlier stack left behind', { 'trackkeeper:existingBucketName': 'my-music' }],
])('of a bucket %s, archiver and sweeper use the owner’s key through S3, and for nothing else', (_whose, bucket) => {
  const encrypted = synthesized({ 'trackkeeper:kmsKeyArn': keyArn, ...bucket });

  for (const id of ['Archiver', 'Sweeper']) {
    const ofKms = statementsOf(encrypted, id).filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:')),
    );
    expect(ofKms).toEqual([
      {
        Effect: 'Allow',
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: [JSON.stringify(keyArn)],
        Condition: {
          StringEquals: {
            'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
          },
        },
      },
    ]);
  }
  expect(JSON.stringify([...permissionsOf(encrypted, 'Receiver')])).not.toContain('kms:');
  encrypted.resourceCountIs('AWS::KMS::Key', 0);
});

test('without a key of the owner’s, no one may use KMS', () => {
  expect(JSON.stringify(template.toJSON())).not.toContain('kms:');
});

test('the queues keep the key of SQS, whatever the bucket is encrypted with', () => {
  synthesized(everyChoice).allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
});

test('the bucket tells EventBridge of its objects if the owner wants it, and no function comes with that', () => {
  const notifying = { 'trackkeeper:notifyEventBridge': true };

  expect(bucketOf(notifying)).toMatchObject({
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
  });
  expect(bucketOf({})).not.toHaveProperty('NotificationConfiguration');
  expect(Object.keys(synthesized(notifying).toJSON().Resources)).toEqual(Object.keys(template.toJSON().Resources));
});

test('P10: whatever the owner chooses, the bucket stays the same one and outlives the stack', () => {
  const chosen = synthesized(everyChoice);

  expect(Object.keys(chosen.toJSON().Resources)).toEqual(Object.keys(template.toJSON().Resources));
  for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy'])
    chosen.allResources(type, { DeletionPolicy: 'Retain' });
});

test('P3: nothing the owner can choose keeps markers and records from being written and removed', () => {
  expect(JSON.stringify(bucketOf(everyChoice))).not.toContain('ObjectLock');
});

test('the bucket gets the name its owner chose', () => {
  const named = synthesized({ 'trackkeeper:bucketName': 'my-music' });

  named.hasResourceProperties('AWS::S3::Bucket', { BucketName: 'my-music' });
});

test('a bucket that an earlier stack left behind is used again, not created', () => {
  const adopting = synthesized({ 'trackkeeper:existingBucketName': 'my-music' });

  adopting.resourceCountIs('AWS::S3::Bucket', 0);
  adopting.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ BUCKET_NAME: 'my-music' }) },
  });
  expect(adopting.findOutputs('BucketName')).toMatchObject({ BucketName: { Value: 'my-music' } });
});
