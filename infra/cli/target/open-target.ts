// A deployment as its outputs describe it: those of the stack, and what a local deployment says of itself, are alike.
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { SQSClientConfig } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { callbackUrl } from '../../callback-url.ts';
import type { Target } from '../target.ts';
import { openPatient } from './patient/open-patient.ts';
import { noKeys, parseProviderKeys } from './provider-keys.ts';
import { createS3Reader } from './s3-reader.ts';
import { createSqsQueues } from './sqs-queues.ts';

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

type Place = {
  /** Of the stack. */
  name: string;
  /** As in `Target`. */
  place: string;
  outputs: z.infer<typeof outputsSchema>;
  secretValue(secretId: string): Promise<string>;
  s3: S3ClientConfig;
  sqs: SQSClientConfig;
  /** Null: the stack in AWS. */
  local: { testMediaUrl: string } | null;
};

export function openTarget({ name, place, outputs, secretValue, s3, sqs, local }: Place): Target {
  const { BucketName, QueueUrl, DeadLetterQueueUrl, CallbackBaseUrl, SecretId, ProviderKeysSecretId } = outputs;
  const { close: closeBucket, ...bucket } = createS3Reader(BucketName, s3);
  const urls = { queueUrl: QueueUrl, deadLetterQueueUrl: DeadLetterQueueUrl };
  const { close: closeQueues, ...queues } = createSqsQueues(urls, sqs);
  const opened: { close(): void }[] = [];
  return {
    bucket,
    place,
    ...queues,
    callbackUrl: () => callbackUrl(name, { outputsOf: async () => ({ CallbackBaseUrl, SecretId }), secretValue }),
    providerKeys: async () =>
      ProviderKeysSecretId === undefined ? noKeys : parseProviderKeys(await secretValue(ProviderKeysSecretId)),
    openPatient(now) {
      const patient = openPatient({ name, outputs, secretValue, s3, sqs, local }, now);
      opened.push(patient);
      return patient;
    },
    close() {
      for (const patient of opened) patient.close();
      closeBucket();
      closeQueues();
    },
  };
}
