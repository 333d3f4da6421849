// Queue URLs, ARNs and receipt handles. Only the last part of a URL, the queue's name, is used, so that a URL from
// before a restart on another port stays valid.

import { queueDoesNotExist, resourceNotFound } from './errors.ts';
import type { Queue, Queues } from './state.ts';

const account = '000000000000';
export const urlOf = (baseUrl: string, name: string) => `${baseUrl}/${account}/${name}`;

export const arnOf = (name: string) => `arn:aws:sqs:us-east-1:${account}:${name}`;

export const nameInArn = (arn: string) => arn.slice(arn.lastIndexOf(':') + 1);

export function queueByUrl(queues: Queues, url: string): Queue {
  return queueByName(queues, url.slice(url.lastIndexOf('/') + 1));
}

export function queueByName(queues: Queues, name: string): Queue {
  const queue = queues.get(name);
  if (queue) return queue;
  throw queueDoesNotExist();
}

export function queueByArn(queues: Queues, arn: string): Queue {
  const queue = findByArn(queues, arn);
  if (queue) return queue;
  throw resourceNotFound(arn);
}

/** The complete ARN counts: the same name in another account is another queue. */
export function findByArn(queues: Queues, arn: string): Queue | undefined {
  const queue = queues.get(nameInArn(arn));
  return queue && arnOf(queue.settings.name) === arn ? queue : undefined;
}
