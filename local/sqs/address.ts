// Queue URLs, ARNs and receipt handles. Only the last part of a URL, the queue's name, is used, so that a URL from
// before a restart on another port stays valid.

import { randomUUID } from 'node:crypto';
import { queueDoesNotExist, receiptHandleIsInvalid, resourceNotFound } from './input.ts';
import type { LocalSqsQueue, LocalSqsQueues } from './state.ts';

const account = '000000000000';

export const urlOf = (baseUrl: string, name: string) => `${baseUrl}/${account}/${name}`;

export const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;

export const nameInArn = (arn: string) => arn.slice(arn.lastIndexOf(':') + 1);

export function queueByUrl(queues: LocalSqsQueues, url: string): LocalSqsQueue {
  return queueByName(queues, url.slice(url.lastIndexOf('/') + 1));
}

export function queueByName(queues: LocalSqsQueues, name: string): LocalSqsQueue {
  const queue = queues.get(name);
  if (queue) return queue;
  throw queueDoesNotExist();
}

export function queueByArn(queues: LocalSqsQueues, arn: string): LocalSqsQueue {
  const queue = findByArn(queues, arn);
  if (queue) return queue;
  throw resourceNotFound(arn);
}

/** The complete ARN counts: the same name in another account is another queue. */
export function findByArn(queues: LocalSqsQueues, arn: string): LocalSqsQueue | undefined {
  const queue = queues.get(nameInArn(arn));
  return queue && arnOf(queue.settings.name) === arn ? queue : undefined;
}

// A receipt handle identifies one receive of one message. Receivers treat it as opaque.

export function newReceiptHandle(queue: string, messageId: string): string {
  return Buffer.from(JSON.stringify([queue, messageId, randomUUID()])).toString('base64url');
}

/** Returns the id of the message for which the handle was issued, even if the message is gone. */
export function messageIdIn(handle: string, queue: string): string {
  try {
    const [name, messageId]: unknown[] = JSON.parse(Buffer.from(handle, 'base64url').toString());
    if (name === queue && typeof messageId === 'string') return messageId;
  } catch {
    // Not a handle of ours; rejected below like a handle of another queue.
  }
  throw receiptHandleIsInvalid(handle);
}
