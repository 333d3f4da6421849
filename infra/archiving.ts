import { Duration, type Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { ArchiverEnv } from '../functions/archiver/env.ts';
import type { Config } from './config.ts';
import { queueLimits } from './limits.ts';
import { allow, defineNodeFunction, type FunctionCode } from './node-function.ts';

type Surroundings = { config: Config; code: FunctionCode; bucket: IBucket };

const queueDefaults: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.seconds(queueLimits.retentionSeconds),
  maxMessageSizeBytes: queueLimits.maxMessageBytes,
};

/** The queue, what is done with its messages, and where a message ends that can never be worked off. */
export function defineArchiving(stack: Stack, { config, code, bucket }: Surroundings): Queue {
  const deadLetterQueue = new Queue(stack, 'DeadLetterQueue', queueDefaults);
  const queue = new Queue(stack, 'Queue', {
    ...queueDefaults,
    visibilityTimeout: Duration.seconds(queueLimits.visibilitySeconds),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: queueLimits.maxReceiveCount },
  });

  const archiver = defineNodeFunction(stack, 'Archiver', {
    name: 'archiver',
    description: 'Takes one step of one task forward: callback, record, transfers.',
    code,
    config,
    memorySize: config.archiverMemoryMb,
    environment: archiverEnvironment(queue, bucket, config),
    allow: archiverPermissions(queue, bucket),
  });
  // Deliberately not SqsEventSource, which grants the function more than it uses.
  archiver.addEventSourceMapping('Messages', {
    eventSourceArn: queue.queueArn,
    // One task's trouble is never another's.
    batchSize: 1,
    reportBatchItemFailures: true,
    maxConcurrency: config.archiverConcurrency,
  });
  return queue;
}

/** What is not configured is left out, and the archiver takes its own default. */
function archiverEnvironment(queue: Queue, bucket: IBucket, { allowedSourceHosts, allowHttpSources }: Config) {
  return {
    BUCKET_NAME: bucket.bucketName,
    QUEUE_URL: queue.queueUrl,
    ...(allowedSourceHosts !== undefined && { ALLOWED_SOURCE_HOSTS: allowedSourceHosts }),
    ...(allowHttpSources && { ALLOW_HTTP_SOURCES: 'true' }),
  } satisfies ArchiverEnv;
}

/** Nothing here deletes: what the archiver stored is the owner's (P10). */
function archiverPermissions(queue: Queue, bucket: IBucket) {
  const keys = (...folders: string[]) => folders.map((folder) => bucket.arnForObjects(`${folder}/*`));
  return [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [queue.queueArn],
    ),
    // Without it S3 answers 403 for a key that does not exist, which looks like a lasting refusal.
    allow(['s3:ListBucket'], [bucket.bucketArn]),
    allow(['s3:GetObject'], keys('library', 'tasks', 'quarantine')),
    allow(['s3:PutObject'], keys('library', 'tasks', 'quarantine', 'callbacks')),
    allow(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], keys('library', 'quarantine')),
  ];
}
