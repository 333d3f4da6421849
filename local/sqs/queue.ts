// The rules of a standard queue: who may receive which message when. These functions change nothing: each returns the
// changes that follow from a request at a given time.

import { arnOf, messageIdIn, nameInArn, newReceiptHandle } from './address.ts';
import { invalidParameter, messageIsGone, messageNotInFlight } from './input.ts';
import { numberOf, ranges, redrivePolicyOf } from './queue-attributes.ts';
import type { LocalSqsQueue, SqsChange, SqsMessage } from './state.ts';

type Standing = 'expired' | 'hidden' | 'given up' | 'available';

function standingsAt(queue: LocalSqsQueue, now: number): (message: SqsMessage) => Standing {
  const keptMs = numberOf(queue, 'MessageRetentionPeriod') * 1000;
  const { maxReceiveCount } = redrivePolicyOf(queue);
  return ({ sentAt, visibleAt, receiveCount }) => {
    if (sentAt + keptMs <= now) return 'expired';
    if (visibleAt > now) return 'hidden';
    return receiveCount >= maxReceiveCount ? 'given up' : 'available';
  };
}

/**
 * Receives up to `limit` messages; removes expired ones and moves those received too often to the dead-letter queue.
 * Fair ("Amazon SQS fair queues", developer guide): first those of the group with the fewest messages in flight, oldest
 * first. SQS itself prefers quiet groups only once one group takes over a tenth of the time.
 */
export function receiveMessages(
  queue: LocalSqsQueue,
  { limit, hiddenSeconds }: { limit: number; hiddenSeconds: number },
  now: number,
): { messages: SqsMessage[]; changes: SqsChange[] } {
  const standing = standingsAt(queue, now);
  const deadLetterQueue = nameInArn(redrivePolicyOf(queue).deadLetterTargetArn);
  const available: SqsMessage[] = [];
  const inFlight = new Map<string, number>();
  const changes: SqsChange[] = [];
  for (const message of queue.messages.values()) {
    switch (standing(message)) {
      case 'expired':
        changes.push(removal(queue, message));
        break;
      case 'hidden':
        if (message.receiptHandle !== undefined) countIn(inFlight, groupOf(message));
        break;
      case 'given up':
        changes.push(...moveMessage(message, queue, deadLetterQueue, givenUp(message, queue, now)));
        break;
      case 'available':
        available.push(message);
        break;
    }
  }
  const messages = fairly(available, inFlight, limit).map((message) => taken(message, queue, hiddenSeconds, now));
  return { messages, changes: [...changes, ...messages.map((message) => arrival(queue.settings.name, message))] };
}

function fairly(available: readonly SqsMessage[], inFlight: Map<string, number>, limit: number): SqsMessage[] {
  const chosen = new Set<SqsMessage>();
  const countOf = (message: SqsMessage) => inFlight.get(groupOf(message)) ?? 0;
  while (chosen.size < Math.min(limit, available.length)) {
    let next: SqsMessage | undefined;
    for (const message of available) {
      if (chosen.has(message)) continue;
      if (next === undefined || countOf(message) < countOf(next)) next = message;
      if (countOf(next) === 0) break;
    }
    if (next === undefined) break;
    chosen.add(next);
    countIn(inFlight, groupOf(next));
  }
  return [...chosen];
}

const groupOf = ({ group, id }: SqsMessage) => group ?? id;

function countIn(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function taken(message: SqsMessage, { settings }: LocalSqsQueue, hiddenSeconds: number, now: number): SqsMessage {
  return {
    ...message,
    receiptHandle: newReceiptHandle(settings.name, message.id),
    receiveCount: message.receiveCount + 1,
    firstReceivedAt: message.firstReceivedAt ?? now,
    lastReceivedAt: now,
    visibleAt: now + hiddenSeconds * 1000,
  };
}

/** The message keeps its id, age and receive count in the dead-letter queue. */
function givenUp({ receiptHandle, ...message }: SqsMessage, { settings }: LocalSqsQueue, now: number): SqsMessage {
  return { ...message, visibleAt: now, sourceArn: arnOf(settings.name) };
}

/** Deleting twice is no error. The handle of an earlier receive deletes nothing: SQS promises no more. */
export function removeMessage(queue: LocalSqsQueue, handle: string): SqsChange[] {
  const message = queue.messages.get(messageIdIn(handle, queue.settings.name));
  return message?.receiptHandle === handle ? [removal(queue, message)] : [];
}

export function changeVisibility(queue: LocalSqsQueue, handle: string, seconds: number, now: number): SqsChange {
  const message = queue.messages.get(messageIdIn(handle, queue.settings.name));
  if (message?.receiptHandle !== handle) throw messageIsGone(handle);
  if (standingsAt(queue, now)(message) !== 'hidden') throw messageNotInFlight(handle);

  const visibleAt = now + seconds * 1000;
  const { max } = ranges.VisibilityTimeout;
  if (visibleAt > (message.lastReceivedAt ?? now) + max * 1000) {
    throw invalidParameter(
      'VisibilityTimeout',
      seconds,
      `Total VisibilityTimeout is beyond the limit [${max} seconds].`,
    );
  }
  return arrival(queue.settings.name, { ...message, visibleAt });
}

/** Also shows postponed messages: after a restart the reason is unknown, and an early retry is safe. */
export function showInFlight(queue: LocalSqsQueue, now: number): SqsChange[] {
  const standing = standingsAt(queue, now);
  return [...queue.messages.values()]
    .filter((message) => standing(message) === 'hidden' && message.receiptHandle !== undefined)
    .map((message) => arrival(queue.settings.name, { ...message, visibleAt: now }));
}

export function purge(queue: LocalSqsQueue): SqsChange[] {
  return [...queue.messages.values()].map((message) => removal(queue, message));
}

/** Messages that the next receive would find, including those that it would move to the dead-letter queue. */
export function visibleMessages(queue: LocalSqsQueue, now: number): SqsMessage[] {
  const standing = standingsAt(queue, now);
  return [...queue.messages.values()].filter((message) => ['available', 'given up'].includes(standing(message)));
}

export function countMessages(queue: LocalSqsQueue, now: number) {
  const standing = standingsAt(queue, now);
  const hidden = [...queue.messages.values()].filter((message) => standing(message) === 'hidden');
  // A hidden message that was never received is delayed, not in flight.
  const inFlight = hidden.filter(({ receiptHandle }) => receiptHandle !== undefined).length;
  return { visible: visibleMessages(queue, now).length, inFlight, delayed: hidden.length - inFlight };
}

/** Milliseconds until the next hidden message becomes visible; Infinity if none is hidden. */
export function msUntilVisible(queue: LocalSqsQueue, now: number): number {
  return [...queue.messages.values()]
    .filter(({ visibleAt }) => visibleAt > now)
    .reduce((least, { visibleAt }) => Math.min(least, visibleAt - now), Number.POSITIVE_INFINITY);
}

export const arrival = (queue: string, message: SqsMessage): SqsChange => ({ kind: 'message', queue, message });

const removal = ({ settings }: LocalSqsQueue, { id }: SqsMessage): SqsChange => ({
  kind: 'removed',
  queue: settings.name,
  id,
});

export function moveMessage(message: SqsMessage, from: LocalSqsQueue, to: string, as: SqsMessage): SqsChange[] {
  return [removal(from, message), arrival(to, as)];
}
