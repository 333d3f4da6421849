import { Duration, type Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { queueLimits } from './limits.ts';

export type Queues = {
  /** Callbacks, announcements and commands: somebody waits for what comes of them. */
  queue: Queue;
  /** Tasks that fell due. Apart from the others, so that ten thousand at once never keep a fresh callback waiting. */
  wakeQueue: Queue;
  /** Where a message of either ends that can never be worked off. */
  deadLetterQueue: Queue;
};

export const queueDefaults: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.seconds(queueLimits.retentionSeconds),
  maxMessageSizeBytes: queueLimits.maxMessageBytes,
};

export function defineQueues(stack: Stack): Queues {
  const deadLetterQueue = new Queue(stack, 'DeadLetterQueue', queueDefaults);
  const settings: QueueProps = {
    ...queueDefaults,
    visibilityTimeout: Duration.seconds(queueLimits.visibilitySeconds),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: queueLimits.maxReceiveCount },
  };
  return {
    queue: new Queue(stack, 'Queue', settings),
    wakeQueue: new Queue(stack, 'WakeQueue', settings),
    deadLetterQueue,
  };
}
