// SQS in, `archive` for each message, failures out. What stays open is handed back to the queue until it is due.
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { createHttpsSource } from '../adapters/https-source.ts';
import { createJsonLog } from '../adapters/json-log.ts';
import { createS3Bucket } from '../adapters/s3-bucket.ts';
import { createSqsQueue } from '../adapters/sqs-queue.ts';
import { decodeMessage } from '../domain/message.ts';
import { archive } from './archive.ts';
import { archiverEnv } from './env.ts';
import { createTransfer } from './transfer.ts';

const env = archiverEnv.parse(process.env);
const clock = { now: () => new Date() };
const log = createJsonLog((line) => process.stdout.write(`${line}\n`), clock);
const bucket = createS3Bucket(env.BUCKET_NAME);
const queue = createSqsQueue(env.QUEUE_URL);
const openSource = createHttpsSource({ allowedPrivateSources: env.ALLOWED_PRIVATE_SOURCES });
const transfer = createTransfer({ openSource, bucket, clock, log });

/** Enough to abort an upload and write the record before the function's own end. */
const reserveMs = 30_000;

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
  const leftMs = Math.max(context.getRemainingTimeInMillis() - reserveMs, 0);
  const endsAt = new Date(clock.now().getTime() + context.getRemainingTimeInMillis());
  const receivedAt = new Date(Number(attributes.SentTimestamp)).toISOString();
  // What is no message of ours is kept like a callback that nobody understands.
  const message = decodeMessage(body) ?? { receivedAt, labels: {}, body: Buffer.from(body) };
  const signal = AbortSignal.timeout(leftMs);
  const archived = await archive(message, { messageId, endsAt, signal }, { bucket, transfer, clock, log });
  if (archived.outcome !== 'open') return true;
  await queue.postpone(receiptHandle, Date.parse(archived.dueAt) - clock.now().getTime());
  return false;
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
