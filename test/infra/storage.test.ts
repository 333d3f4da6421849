import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { synthesized } from './synthesized.ts';

const template = synthesized();

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

test('the bucket refuses whoever comes without TLS', () => {
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

test('an unfinished upload is given up a day after the last retry, and nothing else ever expires', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: {
      Rules: [
        {
          Id: 'abort-unfinished-uploads',
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 15 },
        },
      ],
    },
  });
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
