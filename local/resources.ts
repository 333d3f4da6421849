// Creates the stack's bucket and queues in the local services. Repeating it at the next start only updates settings
// that a newer version has changed.

import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { clientConfig } from '../client/target/local-aws.ts';
import { forwardLimits, queueLimits } from '../infra/shared-settings.ts';

export type LocalQueue = { url: string; arn: string };

export async function createBucket(endpoint: string, name: string): Promise<void> {
  const client = new S3Client({ ...clientConfig(endpoint), forcePathStyle: true });
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  } finally {
    client.destroy();
  }
}

type LocalQueues = { queue: LocalQueue; wakeQueue: LocalQueue; deadLetterQueue: LocalQueue };

/** Uses the stack's settings. */
export async function createQueues(endpoint: string): Promise<LocalQueues> {
  const client = new SQSClient(clientConfig(endpoint));
  try {
    const deadLetterQueue = await createQueue(client, 'trackkeeper-dead-letters', kept);
    const settings = settingsOf(deadLetterQueue, queueLimits.maxReceiveCount);
    const queue = await createQueue(client, 'trackkeeper', settings);
    const wakeQueue = await createQueue(client, 'trackkeeper-wakes', settings);
    return { queue, wakeQueue, deadLetterQueue };
  } finally {
    client.destroy();
  }
}

/** The queue of events to forward. */
export async function createForwardQueue(endpoint: string, deadLetterQueue: LocalQueue): Promise<LocalQueue> {
  const client = new SQSClient(clientConfig(endpoint));
  try {
    return await createQueue(client, 'trackkeeper-forward', settingsOf(deadLetterQueue, forwardLimits.maxReceiveCount));
  } finally {
    client.destroy();
  }
}

const kept = { MessageRetentionPeriod: String(queueLimits.retentionSeconds) };

const settingsOf = (deadLetterQueue: LocalQueue, maxReceiveCount: number) => ({
  ...kept,
  VisibilityTimeout: String(queueLimits.visibilitySeconds),
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount }),
});

async function createQueue(client: SQSClient, name: string, settings: Record<string, string>): Promise<LocalQueue> {
  const { QueueUrl: url = '' } = await client.send(new CreateQueueCommand({ QueueName: name }));
  await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: settings }));
  const wanted = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const { Attributes: { QueueArn: arn = '' } = {} } = await client.send(wanted);
  return { url, arn };
}
