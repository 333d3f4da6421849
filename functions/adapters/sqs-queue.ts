import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { Queue } from '../ports.ts';
import { type AwsEnvironment, givenEndpoint } from './aws/environment.ts';
import { createJsonCall } from './aws/json-call.ts';
import { createAwsSender } from './aws/sender.ts';

/** SQS hides a message for 12 hours at most, counted from its receipt. */
const maxVisibilitySeconds = 12 * 3600;

/** The receiver answers within 10 s (P1): a queue that hangs is asked twice. */
const limits = { connectMs: 2_000, idleMs: 5_000, totalMs: 5_000, answerBytes: 64 * 1024 };

const sentAnswer = z.object({ MD5OfMessageBody: z.string() });

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
      if (took !== createHash('md5').update(message).digest('hex')) {
        throw new Error('SendMessage: the answer does not confirm what was sent');
      }
    },
    async postpone(receiptHandle, delayMs) {
      const seconds = Math.min(Math.max(Math.ceil(delayMs / 1000), 0), maxVisibilitySeconds);
      await call('ChangeMessageVisibility', {
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
    },
  };
}
