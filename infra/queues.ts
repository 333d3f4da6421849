import { Duration, type Stack } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { queueLimits } from './shared-settings.ts';

export type StackQueues = {
  /** Callbacks, announcements and commands. */
  queue: Queue;
  /** Tasks that became due. A queue of its own, so that ten thousand due tasks never delay a new callback. */
  wakeQueue: Queue;
  /** Messages of both queues that could not be processed. */
  deadLetterQueue: Queue;
};

export const queueDefaults: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.seconds(queueLimits.retentionSeconds),
  maxMessageSizeBytes: queueLimits.maxMessageBytes,
};

export function defineQueues(stack: Stack): StackQueues {
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
