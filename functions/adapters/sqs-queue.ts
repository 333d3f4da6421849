// The queues in SQS. The SDK compares the MD5 of each message that SQS received with the one that was sent.
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { UnavailableError } from '../domain/errors.ts';
import { sha256 } from '../domain/file-name.ts';
import type { Queue } from '../ports.ts';
import { type AwsEnvironment, createCallAws, createSqsClient } from './aws/clients.ts';

/** SQS hides a message for 12 hours at most, counted from its receipt. */
const maxVisibilitySeconds = 12 * 3600;
/** SQS's maximum delay. */
const maxDelaySeconds = 900;
/** Three attempts without a response. The receiver's own limit is 10 s (P1), which is two. */
const callMs = 16_000;

/** @throws UnavailableError if SQS is down or refuses */
export function createSqsQueue(queueUrl: string, environment: AwsEnvironment): Queue {
  const callSqs = createCallAws(createSqsClient(environment), callMs);
  const inQueue = { QueueUrl: queueUrl };

  return {
    async send(message, { signal, group }) {
      const command = new SendMessageCommand({ ...inQueue, MessageBody: message, ...groupIdOf(group) });
      const sent = await callSqs('SendMessage', (client, options) => client.send(command, options), signal);
      // The SDK checks the digest only if there is one.
      if (!sent.MD5OfMessageBody) throw new UnavailableError('SendMessage: the response does not confirm the message');
    },
    async sendAll(messages) {
      if (messages.length === 0) return [];
      const entries = messages.map(({ message, delaySeconds, group }, index) => ({
        Id: String(index),
        MessageBody: message,
        DelaySeconds: secondsWithin(delaySeconds, maxDelaySeconds),
        ...groupIdOf(group),
      }));
      const command = new SendMessageBatchCommand({ ...inQueue, Entries: entries });
      const sent = await callSqs('SendMessageBatch', (client, options) => client.send(command, options));
      if (sent.Successful === undefined && sent.Failed === undefined) {
        throw new UnavailableError('SendMessageBatch: the response does not list the messages');
      }
      const confirmed = new Set(sent.Successful?.map(({ Id, MD5OfMessageBody }) => MD5OfMessageBody && Id));
      return entries.map(({ Id }) => confirmed.has(Id));
    },
    async hasWaiting() {
      const command = new GetQueueAttributesCommand({
        ...inQueue,
        AttributeNames: ['ApproximateNumberOfMessages'],
      });
      try {
        const found = await callSqs('GetQueueAttributes', (client, options) => client.send(command, options));
        return Number(found.Attributes?.ApproximateNumberOfMessages ?? 0) > 0;
      } catch {
        // Assume that others wait: the work at hand is tried again later, and theirs is not delayed.
        return true;
      }
    },
    async postpone(receiptHandle, delayMs) {
      const command = new ChangeMessageVisibilityCommand({
        ...inQueue,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: secondsWithin(delayMs / 1000, maxVisibilitySeconds),
      });
      await callSqs('ChangeMessageVisibility', (client, options) => client.send(command, options));
    },
  };
}

/**
 * The tenant of a fair queue: on a standard queue, messages of quiet groups are received before the backlog of a busy
 * one, and a message without a group counts as a group of its own ("How Amazon SQS fair queues work", developer guide).
 */
function groupIdOf(group: string | undefined): { MessageGroupId?: string } {
  if (group === undefined || group === '') return {};
  // SQS allows 128 characters, alphanumeric and punctuation; a host has no others.
  return { MessageGroupId: /^[\w.:[\]-]{1,128}$/.test(group) ? group : sha256(group) };
}

function secondsWithin(seconds: number, maximum: number): number {
  return Math.min(Math.max(Math.ceil(seconds), 0), maximum);
}
