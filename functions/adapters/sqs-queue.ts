import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Queue } from '../ports.ts';

/** SQS hides a message for 12 hours at most, counted from its receipt. */
const maxVisibilitySeconds = 12 * 3600;

export function createSqsQueue(queueUrl: string): Queue {
  const client = new SQSClient({
    // Deliberately not the queue URL's host: AWS_ENDPOINT_URL_SQS is to be honoured.
    useQueueUrlAsEndpoint: false,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  return {
    async send(message, { signal }) {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message });
      await client.send(command, { abortSignal: signal });
    },
    async postpone(receiptHandle, delayMs) {
      const seconds = Math.min(Math.max(Math.ceil(delayMs / 1000), 0), maxVisibilitySeconds);
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
  };
}
