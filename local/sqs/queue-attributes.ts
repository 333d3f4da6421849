// The attributes of a queue, their allowed values and defaults ("SetQueueAttributes", SQS API). SQS stores each as a
// string.

import type { JsonInput } from '../aws-json.ts';
import { jsonObjectIn } from '../aws-json.ts';
import { findByArn } from './address.ts';
import {
  invalidAttributeName,
  invalidAttributeValue,
  invalidParameter,
  objectParameter,
  optionalTextParameter,
  unsupported,
} from './input.ts';
import type { LocalSqsQueue, LocalSqsQueues } from './state.ts';

/** SQS's limit for a message and for a batch, in bytes. */
export const maxMessageBytes = 1_048_576;

const numbers = {
  VisibilityTimeout: { min: 0, max: 43_200, first: 30 },
  DelaySeconds: { min: 0, max: 900, first: 0 },
  MaximumMessageSize: { min: 1_024, max: maxMessageBytes, first: maxMessageBytes },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, first: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, first: 0 },
};

type NumberName = keyof typeof numbers;

/** The same ranges apply to a queue's attribute and to the parameter of a request that overrides it. */
export const ranges: Readonly<Record<NumberName, { min: number; max: number }>> = numbers;

export const firstAttributes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(numbers).map(([name, { first }]) => [name, String(first)]),
);

export const numberOf = ({ settings }: LocalSqsQueue, name: NumberName) => Number(settings.attributes[name]);

export type RedrivePolicy = { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };

const neverGiveUp: RedrivePolicy = { deadLetterTargetArn: '', maxReceiveCount: Number.POSITIVE_INFINITY };

export function redrivePolicyOf({ settings }: LocalSqsQueue): RedrivePolicy {
  const policy = settings.attributes.RedrivePolicy;
  return policy ? JSON.parse(policy) : neverGiveUp;
}

/** Validates the attributes of a request and normalises each, so that equal values are equal strings. */
export function readAttributes(input: JsonInput, queues: LocalSqsQueues): Record<string, string> {
  const given = objectParameter(input, 'Attributes');
  return Object.fromEntries(
    Object.keys(given).map((name) => [name, normalised(name, optionalTextParameter(given, name) ?? '', queues)]),
  );
}

function normalised(name: string, value: string, queues: LocalSqsQueues): string {
  if (name === 'RedrivePolicy') return value && JSON.stringify(readRedrivePolicy(value, queues));
  if (name === 'FifoQueue') throw unsupported('FIFO queues');
  if (!isNumberName(name)) throw invalidAttributeName(name);
  const { min, max } = numbers[name];
  if (/^\d+$/.test(value) && Number(value) >= min && Number(value) <= max) return String(Number(value));
  throw invalidAttributeValue(name, `Must be an integer between ${min} and ${max}.`);
}

const isNumberName = (name: string): name is NumberName => Object.hasOwn(numbers, name);

function readRedrivePolicy(text: string, queues: LocalSqsQueues): RedrivePolicy {
  const refused = (reason: string) => invalidParameter('RedrivePolicy', text, reason);
  // Missing fields are reported below.
  const { deadLetterTargetArn, maxReceiveCount } = jsonObjectIn(text) ?? {};
  const receives = Number(maxReceiveCount);
  if (!Number.isInteger(receives) || receives < 1 || receives > 1_000) {
    throw refused('maxReceiveCount must be an integer between 1 and 1000.');
  }
  if (typeof deadLetterTargetArn !== 'string' || !findByArn(queues, deadLetterTargetArn)) {
    throw refused('Dead letter target does not exist.');
  }
  return { deadLetterTargetArn, maxReceiveCount: receives };
}
