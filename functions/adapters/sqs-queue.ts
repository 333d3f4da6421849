import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { UnavailableError } from '../domain/errors.ts';
import type { Queue } from '../ports.ts';
import { type AwsEnvironment, givenEndpoint } from './aws/environment.ts';
import { createJsonCall } from './aws/json-call.ts';
import { createAwsSender } from './aws/sender.ts';

/** SQS hides a message for 12 hours at most, counted from its receipt. */
const maxVisibilitySeconds = 12 * 3600;
/** Nor does it delay one for longer. */
const maxDelaySeconds = 900;

/** The receiver answers within 10 s (P1): a queue that hangs is asked twice. */
const limits = { connectMs: 2_000, idleMs: 5_000, totalMs: 5_000, answerBytes: 64 * 1024 };

const sentAnswer = z.object({ MD5OfMessageBody: z.string() });
const batchAnswer = z.object({
  Successful: z.nullish(z.array(z.object({ Id: z.string(), MD5OfMessageBody: z.string() }))),
  Failed: z.nullish(z.array(z.object({ Id: z.string() }))),
});

/** @throws UnavailableError wherever SQS does not do what it is asked */
export function createSqsQueue(queueUrl: string, environment: AwsEnvironment): Queue {
  const call = createJsonCall(createAwsSender({ environment, limits, attempts: 3 }), {
    service: 'sqs',
    target: 'AmazonSQS',
    version: '1.0',
    // The queue URL's host is that of its region.
    url: new URL('/', givenEndpoint('SQS', environment) ?? queueUrl),
  });

  return {
    async send(message, { signal }) {
      const answer = await call('SendMessage', { QueueUrl: queueUrl, MessageBody: message }, signal);
      const took = sentAnswer.safeParse(answer).data?.MD5OfMessageBody;
      if (took !== md5(message)) {
        throw new UnavailableError('SendMessage: the answer does not confirm what was sent');
      }
    },
    async sendAll(messages) {
      if (messages.length === 0) return [];
      const entries = messages.map(({ message, delaySeconds }, index) => ({
        Id: String(index),
        MessageBody: message,
        DelaySeconds: withinSeconds(delaySeconds, maxDelaySeconds),
      }));
      const answer = batchAnswer.safeParse(await call('SendMessageBatch', { QueueUrl: queueUrl, Entries: entries }));
      if (!answer.success) throw new UnavailableError('SendMessageBatch: the answer does not say what was taken');
      const took = new Map(answer.data.Successful?.map(({ Id, MD5OfMessageBody }) => [Id, MD5OfMessageBody]));
      return entries.map(({ Id, MessageBody }) => took.get(Id) === md5(MessageBody));
    },
    async postpone(receiptHandle, delayMs) {
      await call('ChangeMessageVisibility', {
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: withinSeconds(delayMs / 1000, maxVisibilitySeconds),
      });
    },
  };
}

function withinSeconds(seconds: number, most: number): number {
  return Math.min(Math.max(Math.ceil(seconds), 0), most);
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
