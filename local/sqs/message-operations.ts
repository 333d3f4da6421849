// The operations on the messages of a queue.

import { createHash, randomUUID } from 'node:crypto';
import { AwsError, type JsonInput, type JsonOperation } from '../aws-json.ts';
import { queueByUrl } from './address.ts';
import {
  batchEntryIdsNotDistinct,
  batchRequestTooLong,
  emptyBatch,
  integerParameter,
  invalidBatchEntryId,
  invalidMessageContents,
  invalidParameter,
  messageTooLong,
  objectsParameter,
  optionalIntegerParameter,
  optionalTextParameter,
  refuseUnknown,
  taking,
  textParameter,
  textsParameter,
  tooManyEntries,
} from './input.ts';
import { bytesOfAttributes, md5OfAttributes, readMessageAttributes, selectAttributes } from './message-attributes.ts';
import { arrival, changeVisibility, msUntilVisible, receiveMessages, removeMessage } from './queue.ts';
import { maxMessageBytes, numberOf, ranges } from './queue-attributes.ts';
import type { LocalSqsQueue, SqsMessage, SqsStore } from './state.ts';

const messageParameters = ['MessageBody', 'DelaySeconds', 'MessageAttributes', 'MessageGroupId'];

type Failed = { readonly Id: string; readonly Code: string; readonly Message: string; readonly SenderFault: boolean };

const receiveParameters = [
  ...['QueueUrl', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds'],
  ...['AttributeNames', 'MessageSystemAttributeNames', 'MessageAttributeNames'],
];

export function messageOperations(store: SqsStore, now: () => number): Record<string, JsonOperation> {
  const queueIn = (input: JsonInput) => queueByUrl(store.queues, textParameter(input, 'QueueUrl'));

  return {
    SendMessage: taking(['QueueUrl', ...messageParameters], ({ input }) => {
      const queue = queueIn(input);
      const message = newMessage(queue, input, now());
      store.commit([arrival(queue.settings.name, message)]);
      return sent(message);
    }),

    SendMessageBatch: taking(['QueueUrl', 'Entries'], ({ input }) => {
      const queue = queueIn(input);
      const { done, failed } = inBatch(input, (entry) => {
        refuseUnknown(entry, messageParameters);
        return newMessage(queue, entry, now());
      });
      const bytes = done.reduce((sum, { value }) => sum + bytesOf(value), 0);
      if (bytes > maxMessageBytes) throw batchRequestTooLong(maxMessageBytes, bytes);
      store.commit(done.map(({ value }) => arrival(queue.settings.name, value)));
      const successful = done.map(({ id, value }) => ({ Id: id, ...sent(value) }));
      return { Successful: unlessEmpty(successful), Failed: unlessEmpty(failed) };
    }),

    ReceiveMessage: taking(receiveParameters, async ({ input, signal }) => {
      const queue = queueIn(input);
      const limit = optionalIntegerParameter(input, 'MaxNumberOfMessages', { min: 1, max: 10 }) ?? 1;
      const hiddenSeconds =
        optionalIntegerParameter(input, 'VisibilityTimeout', ranges.VisibilityTimeout) ??
        numberOf(queue, 'VisibilityTimeout');
      const waitSeconds =
        optionalIntegerParameter(input, 'WaitTimeSeconds', ranges.ReceiveMessageWaitTimeSeconds) ??
        numberOf(queue, 'ReceiveMessageWaitTimeSeconds');
      // The wait uses real time, even where a test's clock does not advance.
      const giveUpAt = performance.now() + waitSeconds * 1000;

      // Stop when the caller disconnects: a message handed to it would stay hidden from every other receiver.
      while (!signal.aborted) {
        const { messages, changes } = receiveMessages(queueIn(input), { limit, hiddenSeconds }, now());
        store.commit(changes);
        const leftMs = giveUpAt - performance.now();
        if (messages.length > 0) return { Messages: messages.map((message) => received(message, input)) };
        if (leftMs <= 0) break;
        await store.waitForChange(Math.min(leftMs, msUntilVisible(queueIn(input), now())), signal);
      }
      return {};
    }),

    DeleteMessage: taking(['QueueUrl', 'ReceiptHandle'], ({ input }) => {
      store.commit(removeMessage(queueIn(input), textParameter(input, 'ReceiptHandle')));
      return {};
    }),

    ChangeMessageVisibility: taking(['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'], ({ input }) => {
      const seconds = integerParameter(input, 'VisibilityTimeout', ranges.VisibilityTimeout);
      store.commit([changeVisibility(queueIn(input), textParameter(input, 'ReceiptHandle'), seconds, now())]);
      return {};
    }),
  };
}

// Creates a message: validates its body and attributes, and assigns its id.

// The characters that SQS rejects ("SendMessage", SQS API). A surrogate without its partner is one of them.
const invalidCharacter = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function newMessage(queue: LocalSqsQueue, input: JsonInput, now: number): SqsMessage {
  const body = textParameter(input, 'MessageBody');
  const attributes = readMessageAttributes(input);
  const delaySeconds =
    optionalIntegerParameter(input, 'DelaySeconds', ranges.DelaySeconds) ?? numberOf(queue, 'DelaySeconds');
  const message: SqsMessage = {
    id: randomUUID(),
    body,
    ...groupIn(input),
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

/** "SendMessage", SQS API. */
const groupPattern = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;

function groupIn(input: JsonInput): { group?: string } {
  const group = optionalTextParameter(input, 'MessageGroupId');
  if (group === undefined) return {};
  if (groupPattern.test(group)) return { group };
  const reason = 'MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.';
  throw invalidParameter('MessageGroupId', group, reason);
}

const bytesOf = ({ body, attributes }: SqsMessage) => Buffer.byteLength(body) + bytesOfAttributes(attributes);

/** The response to the sender; the SDK compares the digest with what it sent. */
const sent = ({ id, body, attributes }: SqsMessage) => ({
  MessageId: id,
  MD5OfMessageBody: md5(body),
  MD5OfMessageAttributes: md5OfAttributes(attributes),
});

const md5 = (body: string) => createHash('md5').update(body).digest('hex');

type Done<T> = { readonly id: string; readonly value: T };

function inBatch<T>(input: JsonInput, each: (entry: JsonInput) => T): { done: Done<T>[]; failed: Failed[] } {
  const done: Done<T>[] = [];
  const failed: Failed[] = [];
  for (const [id, entry] of entriesById(input)) {
    try {
      done.push({ id, value: each(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: id, Code: error.code, Message: error.message, SenderFault: error.status < 500 });
    }
  }
  return { done, failed };
}

// A batch is a list of entries, each of which succeeds or fails by itself.

const maxEntries = 10;

function entriesById(input: JsonInput): Map<string, JsonInput> {
  const entries = objectsParameter(input, 'Entries');
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > maxEntries) throw tooManyEntries(maxEntries);

  const byId = new Map<string, JsonInput>();
  for (const { Id, ...entry } of entries) {
    const id = textParameter({ Id }, 'Id');
    if (!/^[\w-]{1,80}$/.test(id)) throw invalidBatchEntryId();
    if (byId.has(id)) throw batchEntryIdsNotDistinct(id);
    byId.set(id, entry);
  }
  return byId;
}

/** SQS omits an empty list. */
const unlessEmpty = <T>(list: T[]) => (list.length > 0 ? list : undefined);

/** As in SQS, fields that are undefined or empty are omitted. */
function received(message: SqsMessage, input: JsonInput) {
  // The first is the older name of the second.
  const wanted = [...textsParameter(input, 'AttributeNames'), ...textsParameter(input, 'MessageSystemAttributeNames')];
  const attributes = selectAttributes(message.attributes, textsParameter(input, 'MessageAttributeNames'));

  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: unlessNoFields(systemAttributesOf(message, wanted)),
    MessageAttributes: unlessNoFields(attributes),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
  };
}

const unlessNoFields = <T extends object>(value: T) => (Object.keys(value).length > 0 ? value : undefined);

// A message as a receiver gets it, with the attributes that the request asked for.

const systemAttributes: Readonly<Record<string, (message: SqsMessage) => string | number | undefined>> = {
  SenderId: () => 'AIDALOCAL',
  MessageGroupId: ({ group }) => group,
  SentTimestamp: ({ sentAt }) => sentAt,
  ApproximateReceiveCount: ({ receiveCount }) => receiveCount,
  ApproximateFirstReceiveTimestamp: ({ firstReceivedAt }) => firstReceivedAt,
  DeadLetterQueueSourceArn: ({ sourceArn }) => sourceArn,
};

function systemAttributesOf(message: SqsMessage, wanted: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(systemAttributes)
      .filter(([name]) => wanted.includes('All') || wanted.includes(name))
      .map(([name, read]) => [name, read(message)])
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
