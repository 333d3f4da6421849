// Lambda's SQS event source mapping: receives messages from the queue, invokes the function with each, and deletes
// those that were processed. A failed message stays in the queue, hidden until its visibility timeout has passed.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import { clientConfig } from '../../client/target/local-aws.ts';
import { messageIn, type OnLog } from '../log-line.ts';
import { settledWithin } from './function-environment.ts';
import type { LocalFunction } from './local-function.ts';

export type EventSourceOptions = {
  endpoint: string;
  queue: { url: string; arn: string };
  /** The number of concurrent invocations. */
  concurrency: number;
  target: LocalFunction;
  onLog: OnLog;
};

export type EventSource = {
  /** Receives no more messages and waits for running invocations, at most this long. */
  close: (patienceMs: number) => Promise<void>;
};

/** SQS's longest poll. */
const pollSeconds = 20;

const pauseAfterErrorMs = 1_000;

export function startEventSource({ endpoint, queue, concurrency, target, onLog }: EventSourceOptions): EventSource {
  const client = new SQSClient(clientConfig(endpoint));
  const stopping = new AbortController();

  async function handle(message: Message): Promise<void> {
    try {
      const result = await target.invoke(sqsEventOf(message, queue.arn));
      if (failuresIn(result).includes(message.MessageId)) return;
    } catch (error) {
      onLog({ level: 'error', event: 'invocation.failed', messageId: message.MessageId, detail: messageIn(error) });
      return;
    }
    await client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle }));
  }

  async function poll(): Promise<void> {
    const receive = new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: pollSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    while (!stopping.signal.aborted) {
      try {
        const { Messages = [] } = await client.send(receive, { abortSignal: stopping.signal });
        for (const message of Messages) await handle(message);
      } catch (error) {
        if (stopping.signal.aborted) return;
        onLog({ level: 'error', event: 'queue.unreachable', detail: messageIn(error) });
        await sleep(pauseAfterErrorMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  // One poller per invocation, so that a message is received only when an invocation is free to process it.
  const pollers = Promise.all(Array.from({ length: concurrency }, poll));

  return {
    async close(patienceMs) {
      stopping.abort();
      await settledWithin(patienceMs, pollers);
      client.destroy();
    },
  };
}

// Converts a received message into the event that Lambda's event source mapping passes to a function.

export function sqsEventOf(message: Message, queueArn: string): SQSEvent {
  return { Records: [recordOf(message, queueArn)] };
}

function recordOf(message: Message, queueArn: string): SQSRecord {
  const { MessageId = '', ReceiptHandle = '', Body = '', MD5OfBody = '', Attributes, MessageAttributes = {} } = message;
  const attributes = Object.entries(MessageAttributes).map(([name, value]) => [name, attributeOf(value)]);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
      ...Attributes,
    },
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

function attributeOf({ DataType = '', StringValue, BinaryValue }: MessageAttributeValue): SQSMessageAttribute {
  return {
    dataType: DataType,
    stringListValues: [],
    binaryListValues: [],
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
  };
}

/** The message ids in the function's partial batch response. Any other result means that every message succeeded. */
function failuresIn(result: unknown): unknown[] {
  if (typeof result !== 'object' || result === null || !('batchItemFailures' in result)) return [];
  const { batchItemFailures } = result;
  return Array.isArray(batchItemFailures) ? batchItemFailures.map((failure) => failure?.itemIdentifier) : [];
}
