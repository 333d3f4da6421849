import { Duration, type Stack } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { ArchiverEnv } from '../functions/archiver/env.ts';
import type { Config } from './config.ts';
import { allow, defineNodeFunction, type FunctionCode } from './node-function.ts';

type Surroundings = { config: Config; code: FunctionCode; bucket: IBucket };

/** The longest Lambda allows: a large video over a slow link needs it. */
const archiverTimeout = Duration.minutes(15);

const queueDefaults: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  // The longest SQS allows, and as long as the provider's links live.
  retentionPeriod: Duration.days(14),
  // The most SQS takes; the receiver compresses what is larger.
  maxMessageSizeBytes: 1024 * 1024,
};

/** The queue, what is done with its messages, and where a message ends that can never be worked off. */
export function defineArchiving(stack: Stack, { config, code, bucket }: Surroundings): Queue {
  const deadLetterQueue = new Queue(stack, 'DeadLetterQueue', queueDefaults);
  const queue = new Queue(stack, 'Queue', {
    ...queueDefaults,
    // Six times the function's timeout, as Lambda asks for: throttled invocations need room to be tried again.
    visibilityTimeout: Duration.seconds(6 * archiverTimeout.toSeconds()),
    // Until a schedule takes over, a failed transfer comes back through the queue after 1 min, 5 min, 30 min, 2 h, 6 h
    // and 12 h, then every 12 h: 33 receives in 14 days. Forty leaves room for crashes and throttling in between.
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 40 },
  });

  const archiver = defineNodeFunction(stack, 'Archiver', {
    name: 'archiver',
    description: 'Takes one step of one task forward: callback, record, transfers.',
    code,
    config,
    timeout: archiverTimeout,
    memorySize: config.archiverMemoryMb,
    environment: { BUCKET_NAME: bucket.bucketName, QUEUE_URL: queue.queueUrl } satisfies ArchiverEnv,
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
