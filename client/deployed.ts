// A deployment as described by its outputs: the stack's, or those of a local deployment.
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import * as z from 'zod';

export const outputsSchema = z.looseObject({
  BucketName: z.string(),
  QueueUrl: z.url(),
  WakeQueueUrl: z.url().optional(),
  DeadLetterQueueUrl: z.url(),
  CallbackBaseUrl: z.string().optional(),
  SecretId: z.string().optional(),
  ProviderKeysSecretId: z.string().optional(),
  AlarmTopicArn: z.string().optional(),
});

export type Deployed = {
  /** The stack's name. */
  name: string;
  /** As in `Target`. */
  place: string;
  outputs: z.infer<typeof outputsSchema>;
  secretValue(secretId: string): Promise<string>;
  s3: S3ClientConfig;
  sqs: SQSClientConfig;
  /** Null for a stack in AWS. */
  local: { testMediaUrl: string } | null;
};
