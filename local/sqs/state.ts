// The state of the SQS server. It changes only by a `Change`; the journal stores the changes, so replaying them after
// a restart gives the same state.

import type { MessageAttributes } from './message-attributes.ts';

/** Messages are immutable: a change replaces a message by its next version. Times are in milliseconds. */
export type Message = {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sentAt: number;
  /** Hidden until then, because it is delayed or was received. */
  readonly visibleAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt?: number;
  readonly lastReceivedAt?: number;
  /** The handle of the last receive; earlier handles are invalid. */
  readonly receiptHandle?: string;
  /** Set in a dead-letter queue: the ARN of the queue from which the message was moved. */
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
