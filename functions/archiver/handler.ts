// SQS in, `archive` for each message, failures out. What stays open is handed back to the queue until it is due.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createWatchIdleTime } from '../adapters/idle-time.ts';
import { createJsonLog } from '../adapters/json-log.ts';
import { pause } from '../adapters/pause.ts';
import { createS3Bucket } from '../adapters/s3/s3-bucket.ts';
import { createHttpsSource } from '../adapters/source/https-source.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { decodeMessage } from '../domain/message.ts';
import { archive } from './archive.ts';
import { endingOf } from './ending.ts';
import { archiverEnv } from './env.ts';
import { createTransfer } from './transfer/transfer.ts';

const env = archiverEnv.parse(process.env);
const clock = { now: () => new Date() };
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), clock);
const bucket = createS3Bucket(env.BUCKET_NAME, process.env);
const queue = createSqsQueue(env.QUEUE_URL, process.env);
const source = createHttpsSource({
  allowedPrivateSources: env.ALLOWED_PRIVATE_SOURCES,
  allowedHosts: env.ALLOWED_SOURCE_HOSTS,
  allowHttp: env.ALLOW_HTTP_SOURCES,
});
const watchIdleTime = createWatchIdleTime(process.cpuUsage, process.env);
const transfer = createTransfer({ source, bucket, clock, log, pause, watchIdleTime });

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const batchItemFailures: SQSBatchResponse['batchItemFailures'] = [];
  for (const record of event.Records) {
    const isDone = await archiveRecord(record, context).catch((error: unknown) => {
      log('error', 'archiver.failed', { messageId: record.messageId, detail: errorText(error) });
      return false;
    });
    if (!isDone) batchItemFailures.push({ itemIdentifier: record.messageId });
  }
  return { batchItemFailures };
}

async function archiveRecord({ messageId, body, attributes, receiptHandle }: SQSRecord, context: Context) {
  const { stopping, signal } = endingOf(context.getRemainingTimeInMillis());
  const endsAt = new Date(clock.now().getTime() + context.getRemainingTimeInMillis());
  const receivedAt = new Date(Number(attributes.SentTimestamp)).toISOString();
  // What is no message of ours is kept like a callback that nobody understands.
  const message = decodeMessage(body) ?? { receivedAt, labels: {}, body: Buffer.from(body) };
  const invocation = { messageId, endsAt, stopping, signal };
  const archived = await archive(message, invocation, { bucket, transfer, clock, log });
  if (archived.outcome !== 'open') return true;
  await queue.postpone(receiptHandle, Date.parse(archived.dueAt) - clock.now().getTime());
  return false;
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
