// A message as a receiver gets it, with the attributes that the request asked for.

import type { Input } from '../aws-json.ts';
import { texts } from './input.ts';
import { md5OfAttributes, selectAttributes } from './message-attributes.ts';
import { md5 } from './new-message.ts';
import type { Message } from './state.ts';

const systemAttributes: Readonly<Record<string, (message: Message) => string | number | undefined>> = {
  SenderId: () => 'AIDALOCAL',
  SentTimestamp: ({ sentAt }) => sentAt,
  ApproximateReceiveCount: ({ receiveCount }) => receiveCount,
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => firstReceivedAt,
  DeadLetterQueueSourceArn: ({ sourceArn }) => sourceArn,
};

/** As in SQS, fields that are undefined or empty are omitted. */
export function received(message: Message, input: Input) {
  // The first is the older name of the second.
  const wanted = [...texts(input, 'AttributeNames'), ...texts(input, 'MessageSystemAttributeNames')];
  const attributes = selectAttributes(message.attributes, texts(input, 'MessageAttributeNames'));

  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: unlessEmpty(systemAttributesOf(message, wanted)),
    MessageAttributes: unlessEmpty(attributes),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
  };
}

function systemAttributesOf(message: Message, wanted: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(systemAttributes)
      .filter(([name]) => wanted.includes('All') || wanted.includes(name))
      .map(([name, read]) => [name, read(message)])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}

const unlessEmpty = <T extends object>(value: T) => (Object.keys(value).length > 0 ? value : undefined);
