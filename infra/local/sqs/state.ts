// What the server knows, and the only way it changes: by a `Change`. The journal keeps changes, so the state after a
// restart is the same fold over them that made the state before it.

import type { MessageAttributes } from './message-attributes.ts';

/** A message is never altered in place: a change brings the next version of it. Times are in milliseconds. */
export type Message = {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  /** Hidden until then, by its delay or because somebody received it. */
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  readonly lastReceivedAt?: number;
  /** The handle of the last receive; those before it have no power over the message. */
  readonly receiptHandle?: string;
  /** Set in a dead-letter queue: the queue that gave the message up. */
  readonly sourceArn?: string;
};

type QueueSettings = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly modifiedAt: number;
};

export type Queue = {
  readonly settings: QueueSettings;
  /** Oldest first. */
  readonly messages: ReadonlyMap<string, Message>;
};

export type Queues = ReadonlyMap<string, Queue>;

export type Change =
  | { readonly kind: 'queue'; readonly settings: QueueSettings }
  | { readonly kind: 'message'; readonly queue: string; readonly message: Message }
  | { readonly kind: 'removed'; readonly queue: string; readonly id: string };

type MutableQueue = { settings: QueueSettings; messages: Map<string, Message> };

export type State = {
  readonly queues: Queues;
  apply(change: Change): void;
};

export function createState(): State {
  const queues = new Map<string, MutableQueue>();

  return {
    queues,
    apply(change) {
      if (change.kind === 'queue') {
        const { settings } = change;
        const messages = queues.get(settings.name)?.messages ?? new Map();
        queues.set(settings.name, { settings, messages });
        return;
      }
      const messages = queues.get(change.queue)?.messages;
      if (change.kind === 'message') messages?.set(change.message.id, change.message);
      else messages?.delete(change.id);
    },
  };
}

/** The shortest list of changes that leads to this state. */
export function changesTo(queues: Queues): Change[] {
  return [...queues.values()].flatMap(({ settings, messages }): Change[] => [
    { kind: 'queue', settings },
    ...[...messages.values()].map((message): Change => ({ kind: 'message', queue: settings.name, message })),
  ]);
}
