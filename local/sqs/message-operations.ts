// The operations on the messages of a queue.

import type { Input, Operation } from '../aws-json.ts';
import { queueByUrl } from './address.ts';
import { inBatch } from './batch.ts';
import { batchRequestTooLong } from './errors.ts';
import { integer, optionalInteger, refuseUnknown, taking, text } from './input.ts';
import { bytesOf, newMessage, sent } from './new-message.ts';
import { arrival, changeVisibility, msUntilVisible, receive, remove } from './queue.ts';
import { maxMessageBytes, numberOf, ranges } from './queue-attributes.ts';
import { received } from './received-message.ts';
import type { Store } from './store.ts';

const messageParameters = ['MessageBody', 'DelaySeconds', 'MessageAttributes'];
const receiveParameters = [
  ...['QueueUrl', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds'],
  ...['AttributeNames', 'MessageSystemAttributeNames', 'MessageAttributeNames'],
];

/** SQS omits an empty list. */
const unlessEmpty = <T>(list: T[]) => (list.length > 0 ? list : undefined);

export function messageOperations(store: Store, now: () => number): Record<string, Operation> {
  const queueIn = (input: Input) => queueByUrl(store.queues, text(input, 'QueueUrl'));

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
      const limit = optionalInteger(input, 'MaxNumberOfMessages', { min: 1, max: 10 }) ?? 1;
      const hiddenSeconds =
        optionalInteger(input, 'VisibilityTimeout', ranges.VisibilityTimeout) ?? numberOf(queue, 'VisibilityTimeout');
      const waitSeconds =
        optionalInteger(input, 'WaitTimeSeconds', ranges.ReceiveMessageWaitTimeSeconds) ??
        numberOf(queue, 'ReceiveMessageWaitTimeSeconds');
      // The wait uses real time, even where a test's clock does not advance.
      const giveUpAt = performance.now() + waitSeconds * 1000;

      // Stop when the caller disconnects: a message handed to it would stay hidden from every other receiver.
      while (!signal.aborted) {
        const { messages, changes } = receive(queueIn(input), { limit, hiddenSeconds }, now());
        store.commit(changes);
        const leftMs = giveUpAt - performance.now();
        if (messages.length > 0) return { Messages: messages.map((message) => received(message, input)) };
        if (leftMs <= 0) break;
        await store.waitForChange(Math.min(leftMs, msUntilVisible(queueIn(input), now())), signal);
      }
      return {};
    }),

    DeleteMessage: taking(['QueueUrl', 'ReceiptHandle'], ({ input }) => {
      store.commit(remove(queueIn(input), text(input, 'ReceiptHandle')));
      return {};
    }),

    ChangeMessageVisibility: taking(['QueueUrl', 'ReceiptHandle', 'VisibilityTimeout'], ({ input }) => {
      const seconds = integer(input, 'VisibilityTimeout', ranges.VisibilityTimeout);
      store.commit([changeVisibility(queueIn(input), text(input, 'ReceiptHandle'), seconds, now())]);
      return {};
    }),
  };
}
