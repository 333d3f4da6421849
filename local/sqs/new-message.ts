// Creates a message: validates its body and attributes, and assigns its id.

import { createHash, randomUUID } from 'node:crypto';
import type { Input } from '../aws-json.ts';
import { invalidMessageContents, messageTooLong } from './errors.ts';
import { optionalInteger, text } from './input.ts';
import { bytesOfAttributes, md5OfAttributes, readMessageAttributes } from './message-attributes.ts';
import { numberOf, ranges } from './queue-attributes.ts';
import type { Message, Queue } from './state.ts';

// The characters that SQS rejects ("SendMessage", SQS API). A surrogate without its partner is one of them.
const invalidCharacter = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export function newMessage(queue: Queue, input: Input, now: number): Message {
  const body = text(input, 'MessageBody');
  const attributes = readMessageAttributes(input);
  const delaySeconds = optionalInteger(input, 'DelaySeconds', ranges.DelaySeconds) ?? numberOf(queue, 'DelaySeconds');
  const message: Message = {
    id: randomUUID(),
    body,
    attributes,
    sentAt: now,
    visibleAt: now + delaySeconds * 1000,
    receiveCount: 0,
  };

  const texts = [body, ...Object.values(attributes).map((attribute) => attribute.StringValue ?? '')];
  if (texts.some((value) => invalidCharacter.test(value))) throw invalidMessageContents();
  const maxBytes = numberOf(queue, 'MaximumMessageSize');
  if (bytesOf(message) > maxBytes) throw messageTooLong(maxBytes);
  return message;
}

export const bytesOf = ({ body, attributes }: Message) => Buffer.byteLength(body) + bytesOfAttributes(attributes);

export const md5 = (body: string) => createHash('md5').update(body).digest('hex');

/** The response to the sender; the SDK compares the digest with what it sent. */
export const sent = ({ id, body, attributes }: Message) => ({
  MessageId: id,
  MD5OfMessageBody: md5(body),
  MD5OfMessageAttributes: md5OfAttributes(attributes),
});
