// The forwarder's Lambda: processes each SQS message and reports failures. A message to retry is hidden until then.
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createCallAws, createS3Client } from '../adapters/aws/clients.ts';
import { createLogger } from '../adapters/logger.ts';
import { createPresignUrl } from '../adapters/s3/presign-url.ts';
import { createFindLatestKey, createS3Bucket } from '../adapters/s3/s3-bucket.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { createSendWebhook } from '../adapters/webhook.ts';
import { createReadWebhookKeys } from '../adapters/webhook-keys.ts';
import { forwarderEnv } from './env.ts';
import { processForwardMessage } from './process-message.ts';

// Runs on cold start only: the adapters are chosen here.
const env = forwarderEnv.parse(process.env);
const clock = { now: () => new Date() };
/** For records and callbacks, which are small: all requests of an invocation fit the function's two minutes. */
const s3 = createS3Client(process.env, { connectMs: 2_000, idleMs: 5_000 });
const callS3 = createCallAws(s3, 10_000);
const deps = {
  clock,
  log: createLogger({ write: (line) => process.stdout.write(`${line}\n`), clock, stackName: env.STACK_NAME }),
  bucket: createS3Bucket(env.BUCKET_NAME, callS3),
  findLatestKey: createFindLatestKey(env.BUCKET_NAME, callS3),
  presignUrl: createPresignUrl(env.BUCKET_NAME, s3, clock),
  readKeys: createReadWebhookKeys(env.SECRET_ID, process.env),
  post: createSendWebhook(env.FORWARD_TO),
};
const queue = createSqsQueue(env.FORWARD_QUEUE_URL, process.env);

// Called by AWS.
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  // Runs for every record.
  for (const { messageId, body, attributes, receiptHandle } of Records) {
    const receiveCount = Number(attributes.ApproximateReceiveCount);
    const returnToQueue = (afterMs: number) => queue.postpone(receiptHandle, afterMs);
    const isDone = await processForwardMessage({ messageId, body, receiveCount, returnToQueue }, deps);
    if (!isDone) batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
}
