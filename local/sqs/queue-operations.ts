// The operations on queues themselves.

import type { JsonInput, JsonOperation } from '../aws-json.ts';
import { arnOf, queueByName, queueByUrl, urlOf } from './address.ts';
import {
  invalidAttributeName,
  invalidParameter,
  queueNameExists,
  taking,
  textParameter,
  textsParameter,
  unsupported,
} from './input.ts';
import { countMessages, purge } from './queue.ts';
import { firstAttributes, readAttributes } from './queue-attributes.ts';
import type { LocalSqsQueue, SqsStore } from './state.ts';

export function queueOperations({ queues, commit }: SqsStore, now: () => number): Record<string, JsonOperation> {
  const queueIn = (input: JsonInput) => queueByUrl(queues, textParameter(input, 'QueueUrl'));

  return {
    CreateQueue: taking(['QueueName', 'Attributes'], ({ input, baseUrl }) => {
      const name = readName(input);
      const given = readAttributes(input, queues);
      const existing = queues.get(name);
      if (existing) refuseOther(existing, given);
      else {
        const attributes = withoutEmpty({ ...firstAttributes, ...given });
        commit([{ kind: 'queue', settings: { name, attributes, createdAt: now(), modifiedAt: now() } }]);
      }
      return { QueueUrl: urlOf(baseUrl, name) };
    }),

    GetQueueUrl: taking(['QueueName'], ({ input, baseUrl }) => {
      const { settings } = queueByName(queues, textParameter(input, 'QueueName'));
      return { QueueUrl: urlOf(baseUrl, settings.name) };
    }),

    GetQueueAttributes: taking(['QueueUrl', 'AttributeNames'], ({ input }) => {
      const all = attributesOf(queueIn(input), now());
      const wanted = textsParameter(input, 'AttributeNames');
      const unknown = wanted.find((name) => name !== 'All' && name !== 'RedrivePolicy' && !Object.hasOwn(all, name));
      if (unknown) throw invalidAttributeName(unknown);
      const isWanted = (name: string) => wanted.includes('All') || wanted.includes(name);
      return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => isWanted(name))) };
    }),

    SetQueueAttributes: taking(['QueueUrl', 'Attributes'], ({ input }) => {
      const { settings } = queueIn(input);
      const attributes = withoutEmpty({ ...settings.attributes, ...readAttributes(input, queues) });
      commit([{ kind: 'queue', settings: { ...settings, attributes, modifiedAt: now() } }]);
      return {};
    }),

    PurgeQueue: taking(['QueueUrl'], ({ input }) => {
      commit(purge(queueIn(input)));
      return {};
    }),
  };
}

function readName(input: JsonInput): string {
  const name = textParameter(input, 'QueueName');
  if (name.endsWith('.fifo')) throw unsupported('FIFO queues');
  if (/^[\w-]{1,80}$/.test(name)) return name;
  const reason = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.';
  throw invalidParameter('QueueName', name, reason);
}

/** Creating an existing queue is no error if its attributes are the same. */
function refuseOther({ settings }: LocalSqsQueue, given: Record<string, string>): void {
  const other = Object.keys(given).find((name) => given[name] !== (settings.attributes[name] ?? ''));
  if (other) throw queueNameExists(other);
}

/** An empty value removes the attribute. */
const withoutEmpty = (attributes: Record<string, string>) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));

function attributesOf(queue: LocalSqsQueue, now: number): Record<string, string> {
  const { name, attributes, createdAt, modifiedAt } = queue.settings;
  const { visible, inFlight, delayed } = countMessages(queue, now);
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  return {
    QueueArn: arnOf(name),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: seconds(createdAt),
    LastModifiedTimestamp: seconds(modifiedAt),
    ...attributes,
  };
}
