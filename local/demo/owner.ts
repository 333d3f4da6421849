// The owner's part besides asking a provider for music: announces a task and requests a retry.

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../client/target/local-aws.ts';

const answerWithinMs = 10_000;

/** From then on the task is tracked, even if no callback arrives. */
export async function announceWav(tasksUrl: string, taskId: string): Promise<void> {
  const response = await fetch(tasksUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ provider: 'sunoapi.org', kind: 'wav', taskId }),
    signal: AbortSignal.timeout(answerWithinMs),
  });
  await response.body?.cancel();
  if (response.status !== 202) throw new Error(`the announcement of a task was answered ${response.status}`);
}

/**
 * The message that `trackkeeper retry` sends: without it the provider is polled a quarter of an hour after the
 * announcement.
 */
export async function retryTask({ sqsUrl, queueUrl }: { sqsUrl: string; queueUrl: string }, taskId: string) {
  const client = new SQSClient(clientConfig(sqsUrl));
  const message = { schemaVersion: 1, type: 'retry', task: taskId };
  try {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  } finally {
    client.destroy();
  }
}
