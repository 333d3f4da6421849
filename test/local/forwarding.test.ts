import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { clientConfig } from '../../client/target/local-aws.ts';
import { forwardLimits } from '../../infra/shared-settings.ts';
import type { EventEnvelope } from '../../local/events.ts';
import { startForwarding } from '../../local/forwarding.ts';
import { createQueues, type LocalQueue } from '../../local/resources.ts';
import { startSqs } from '../../local/sqs/server.ts';

const environment = { STACK_NAME: 'local', BUCKET_NAME: 'music', SECRET_ID: 's', FORWARD_TO: 'http://127.0.0.1:9/' };

function eventOf(more: Partial<EventEnvelope>): EventEnvelope {
  return {
    ...{ version: '0', id: 'e-1', 'detail-type': 'MediaReady', source: 'trackkeeper', account: '000000000000' },
    ...{ time: '2026-11-20T18:05:00Z', region: 'us-east-1', resources: [], detail: { taskId: 't-1' } },
    ...more,
  };
}

async function openBench() {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-forwarding-'));
  const sqs = await startSqs({ file: join(folder, 'sqs.jsonl') });
  const { deadLetterQueue } = await createQueues(sqs.url);
  const forwarding = await startForwarding({ endpoint: sqs.url, deadLetterQueue, environment });
  const client = new SQSClient(clientConfig(sqs.url));
  onTestFinished(async () => {
    client.destroy();
    forwarding.close();
    await sqs.close();
    await rm(folder, { recursive: true });
  });
  const receive = async ({ url }: LocalQueue) => {
    const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
    return (await client.send(command)).Messages ?? [];
  };
  return { forwarding, deadLetterQueue, client, receive, messages: () => receive(forwarding.queue) };
}

test.each(['MediaReady', 'TaskFailed'])('%s goes to the queue as EventBridge would put it there', async (type) => {
  const { forwarding, messages } = await openBench();
  const event = eventOf({ 'detail-type': type });

  await forwarding.onEvent(event);

  expect((await messages()).map(({ Body = '' }) => JSON.parse(Body))).toEqual([event]);
});

test.each<[string, Partial<EventEnvelope>]>([
  ['of another kind', { 'detail-type': 'AssetAtRisk' }],
  ['of somebody else', { source: 'aws.s3' }],
  ['of a test task', { detail: { taskId: 'doctor-1' } }],
  ['without a task', { detail: {} }],
])('an event %s stays away', async (_, more) => {
  const { forwarding, messages } = await openBench();

  await forwarding.onEvent(eventOf(more));

  expect(await messages()).toEqual([]);
});

test('the forwarder gets the URL of its queue', async () => {
  const { forwarding } = await openBench();

  expect(forwarding.environment).toEqual({ ...environment, FORWARD_QUEUE_URL: forwarding.queue.url });
});

test('what the endpoint never took is set aside with all else, and moved back to its own queue from there', async () => {
  const { forwarding, deadLetterQueue, client, receive, messages } = await openBench();
  await forwarding.onEvent(eventOf({}));

  const received = [];
  for (let times = 1; times <= forwardLimits.maxReceiveCount + 1; times++) received.push((await messages()).length);
  const setAside = await receive(deadLetterQueue);
  await client.send(new StartMessageMoveTaskCommand({ SourceArn: deadLetterQueue.arn }));

  expect(received).toEqual([...Array(forwardLimits.maxReceiveCount).fill(1), 0]);
  expect(setAside).toHaveLength(1);
  await vi.waitFor(async () => expect(await messages()).toHaveLength(1));
});
