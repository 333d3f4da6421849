// What an owner does besides asking a provider for music: announces a task, and wants another try of it.

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../local-aws.ts';

const answerWithinMs = 10_000;

/** From then on the task is watched, even if no callback ever comes. */
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

/** The message of `trackkeeper retry`: without it the provider is asked a quarter of an hour after the announcement. */
export async function retryTask({ sqsUrl, queueUrl }: { sqsUrl: string; queueUrl: string }, taskId: string) {
  const client = new SQSClient(clientConfig(sqsUrl));
  const message = { schemaVersion: 1, type: 'retry', task: taskId };
  try {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  } finally {
    client.destroy();
  }
}
