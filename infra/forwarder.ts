import { Duration, type Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { ForwarderEnv } from '../functions/forwarder/env.ts';
import type { SecretReference } from './callback-secret.ts';
import type { Config } from './config.ts';
import { allow, defineNodeFunction, type FunctionCode } from './node-function.ts';
import { queueDefaults, type StackQueues } from './queues.ts';
import { forwardedEvents, forwardLimits, queueLimits, testTaskPrefix } from './shared-settings.ts';
import { keyPermissions } from './storage.ts';

type ForwarderProps = {
  config: Config;
  code: FunctionCode;
  bucket: IBucket;
  queues: StackQueues;
  secret: SecretReference;
};
type QueueProps = Omit<ForwarderProps, 'code' | 'queues'> & { queue: Queue };

/** Concurrent requests to the owner's endpoint, so that a backlog does not flood it. */
const requestsAtOnce = 5;

/** Defines the forwarder, which passes callbacks on to the owner's endpoint. Creates nothing if none is configured. */
export function defineForwarder(stack: Stack, { code, queues, ...props }: ForwarderProps) {
  const { config } = props;
  if (config.forwardTo === undefined) return { forwardQueueUrl: undefined };

  const queue = new Queue(stack, 'ForwardQueue', {
    ...queueDefaults,
    visibilityTimeout: Duration.seconds(queueLimits.visibilitySeconds),
    // The stack's dead-letter queue: `trackkeeper redrive` returns each message to its source queue.
    deadLetterQueue: { queue: queues.deadLetterQueue, maxReceiveCount: forwardLimits.maxReceiveCount },
  });
  new Rule(stack, 'ForwardRule', {
    description: 'Takes the end of each task to the forwarder.',
    eventPattern: {
      source: [forwardedEvents.source],
      detailType: forwardedEvents.types,
      // Excludes other stacks, and the test tasks of `trackkeeper doctor`.
      detail: { stack: [config.stackName], taskId: [{ 'anything-but': { prefix: testTaskPrefix } }] },
    },
    targets: [new SqsQueue(queue)],
  });
  const forwarder = defineNodeFunction(stack, 'Forwarder', {
    name: 'forwarder',
    description: 'Passes a callback on to your endpoint, with links to the bucket.',
    code,
    config,
    memorySize: 512,
    environment: {
      STACK_NAME: config.stackName,
      BUCKET_NAME: props.bucket.bucketName,
      FORWARD_QUEUE_URL: queue.queueUrl,
      FORWARD_TO: config.forwardTo,
      SECRET_ID: props.secret.id,
    } satisfies ForwarderEnv,
    allow: forwarderPermissions({ ...props, queue }),
  });
  forwarder.addEventSourceMapping('Events', {
    eventSourceArn: queue.queueArn,
    maxConcurrency: requestsAtOnce,
    // One callback per invocation, so that a failing callback affects no other.
    batchSize: 1,
    reportBatchItemFailures: true,
  });

  return { forwardQueueUrl: queue.queueUrl };
}

/** Read permissions only. A presigned URL allows no more than its signer may do. */
function forwarderPermissions({ config, bucket, queue, secret }: QueueProps): PolicyStatement[] {
  const kept = ['callbacks', 'answers'];
  return [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [queue.queueArn],
    ),
    ...kept.map((folder) =>
      allow(['s3:ListBucket'], [bucket.bucketArn], { StringLike: { 's3:prefix': `${folder}/*` } }),
    ),
    allow(
      ['s3:GetObject'],
      [...kept, 'library', 'tasks'].map((folder) => bucket.arnForObjects(`${folder}/*`)),
    ),
    ...keyPermissions(bucket, config, ['kms:Decrypt']),
    allow(['secretsmanager:GetSecretValue'], [secret.arn]),
  ];
}
