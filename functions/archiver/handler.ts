// Lambda's entry point: processes each SQS message and reports those that SQS must deliver again.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createCallAws, createS3Client } from '../adapters/aws/clients.ts';
import { createEventBus } from '../adapters/event-bus.ts';
import { createLogger } from '../adapters/logger.ts';
import { createProviderApi } from '../adapters/provider/provider-api.ts';
import { createS3Bucket } from '../adapters/s3/s3-bucket.ts';
import { createS3Schedule } from '../adapters/s3/s3-schedule.ts';
import { createHttpsSource } from '../adapters/source/https-source.ts';
import { createImpatientSource } from '../adapters/source/impatient-source.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { createMeasureCpuHeadroom, pause } from '../adapters/time.ts';
import { limits } from '../domain/limits.ts';
import { archiverEnv } from './env.ts';
import { processMessage, type ReceivedMessage } from './process-message.ts';
import { createTransfer } from './transfer/transfer.ts';

// Runs on cold start only: the adapters are chosen here.
const env = archiverEnv.parse(process.env);
const clock = { now: () => new Date() };
const log = createLogger({ write: (line) => process.stdout.write(`${line}\n`), clock, stackName: env.STACK_NAME });
const callbackQueue = createSqsQueue(env.QUEUE_URL, process.env);
const wakeQueue = createSqsQueue(env.WAKE_QUEUE_URL, process.env);
const s3 = createS3Client(process.env);
const bucket = createS3Bucket(env.BUCKET_NAME, createCallAws(s3));
const othersWait = () => wakeQueue.hasWaiting();
const httpsSource = createHttpsSource({
  allowedPrivateSources: env.ALLOWED_PRIVATE_SOURCES,
  allowedHosts: env.ALLOWED_SOURCE_HOSTS,
  allowHttp: env.ALLOW_HTTP_SOURCES,
});
const source = createImpatientSource(httpsSource, { silentMs: limits.busyFirstByteMs, othersWait });
const provider = createProviderApi({
  keysSecretId: env.PROVIDER_KEYS_SECRET_ID,
  urls: { 'sunoapi.org': env.SUNOAPI_URL, 'kie.ai': env.KIE_URL },
  environment: process.env,
});
const measureCpuHeadroom = createMeasureCpuHeadroom(process.cpuUsage, process.env);
const transfer = createTransfer({ source, bucket, clock, log, pause, othersWait, measureCpuHeadroom });
/** Two attempts without a response: a marker is small. */
const markerMs = 65_000;
const schedule = createS3Schedule(env.BUCKET_NAME, createCallAws(s3, markerMs));
const policy = {
  canAsk: env.PROVIDER_KEYS_SECRET_ID !== '',
  confirm: env.CONFIRM_WITH_PROVIDER,
  lastResortUrl: env.LAST_RESORT_URL,
};
const bus = createEventBus(env.EVENT_BUS_NAME, process.env);
const origin = { stack: env.STACK_NAME, bucket: env.BUCKET_NAME };
const deps = { bucket, schedule, wakeQueue, transfer, provider, bus, origin, policy, clock, log, random: Math.random };

// Called by AWS.
export async function handler({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of Records) {
    const isDone = await processMessage(receivedFrom(record), context.getRemainingTimeInMillis(), deps);
    if (!isDone) batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
}

// Runs for every record.
function receivedFrom({ messageId, body, attributes, receiptHandle, eventSourceARN }: SQSRecord): ReceivedMessage {
  const queueName = eventSourceARN.split(':').at(-1);
  const queue = env.WAKE_QUEUE_URL.endsWith(`/${queueName}`) ? wakeQueue : callbackQueue;
  return {
    messageId,
    body,
    sentAt: new Date(Number(attributes.SentTimestamp)),
    receiveCount: Number(attributes.ApproximateReceiveCount),
    returnToQueue: (afterMs) => queue.postpone(receiptHandle, afterMs),
  };
}
