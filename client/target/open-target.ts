import { callbackUrl } from '../callback-url.ts';
import type { Deployed } from '../deployed.ts';
import type { Target } from '../target.ts';
import { noKeys, parseProviderKeys } from './provider-keys.ts';
import { createS3Reader } from './s3-reader.ts';
import { createSqsQueues } from './sqs-queues.ts';

export function openTarget(deployed: Deployed): Target {
  const { name, place, outputs, secretValue, s3, sqs } = deployed;
  const { BucketName, QueueUrl, DeadLetterQueueUrl, CallbackBaseUrl, SecretId, ProviderKeysSecretId } = outputs;
  const { close: closeBucket, ...bucket } = createS3Reader(BucketName, s3);
  const urls = { queueUrl: QueueUrl, deadLetterQueueUrl: DeadLetterQueueUrl };
  const { close: closeQueues, ...queues } = createSqsQueues(urls, sqs);
  return {
    bucket,
    place,
    ...queues,
    callbackUrl: () => callbackUrl(name, { outputsOf: async () => ({ CallbackBaseUrl, SecretId }), secretValue }),
    providerKeys: async () =>
      ProviderKeysSecretId === undefined ? noKeys : parseProviderKeys(await secretValue(ProviderKeysSecretId)),
    deployed,
    close() {
      closeBucket();
      closeQueues();
    },
  };
}
