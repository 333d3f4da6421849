// A local SQS with the real SDK in front of it, on a clock that stands still until a test moves it.

import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import type { JsonFault } from '../../local/aws-json.ts';
import { startSqs } from '../../local/sqs/server.ts';

export type SqsSetup = Awaited<ReturnType<typeof setUpSqs>>;

export async function setUpSqs({ fault = (): ReturnType<JsonFault> => undefined }: { fault?: JsonFault } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sqs-'));
  const file = join(folder, 'data', 'sqs.jsonl');
  const arrivals = new EventEmitter();
  let now = Date.parse('2026-11-20T12:00:00Z');

  const start = async () => {
    const server = await startSqs({
      file,
      now: () => now,
      fault: (request) => {
        arrivals.emit(request.operation);
        return fault(request);
      },
    });
    // One attempt: a test sees each answer as it is, and never two for one.
    const client = new SQSClient({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      maxAttempts: 1,
    });
    return { server, client };
  };
  const stop = async () => {
    await running.server.close();
    running.client.destroy();
  };
  let running = await start();
  onTestFinished(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });

  return {
    file,
    url: () => running.server.url,
    now: () => now,
    passSeconds: (seconds: number) => {
      now += seconds * 1000;
    },
    /** Stops the server, lets the test do something to its file, and starts one on another port. */
    restart: async (between = () => {}) => {
      await stop();
      between();
      running = await start();
    },
    /** Resolves once the server has begun with the next request of this kind. */
    arrived: (operation: string) => once(arrivals, operation),
    sdk: () => running.client,

    createQueue: async (attributes: Record<string, string> = {}, name = 'tasks') => {
      const created = await running.client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      const QueueUrl = created.QueueUrl ?? '';
      const known = await running.client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      return { QueueUrl, arn: known.Attributes?.QueueArn ?? '' };
    },
    attributes: async (QueueUrl: string) => {
      const known = await running.client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      return known.Attributes ?? {};
    },
    send: (QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
      running.client.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    /** Up to ten messages with all there is to know of them, without waiting. */
    receive: async (QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}, abortSignal?: AbortSignal) => {
      const input: ReceiveMessageCommandInput = {
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        ...more,
      };
      const received = await running.client.send(new ReceiveMessageCommand(input), { abortSignal });
      return received.Messages ?? [];
    },
    remove: (QueueUrl: string, ReceiptHandle: string | undefined) =>
      running.client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    hide: (QueueUrl: string, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      running.client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
  };
}

/** The attributes of a queue whose messages go to this dead-letter queue. */
export const redriveTo = (arn: string, maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount }),
});

export const bodies = (messages: { Body?: string }[]) => messages.map(({ Body }) => Body);
