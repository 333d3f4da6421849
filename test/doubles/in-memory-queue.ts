// A standard queue in memory, on the test's clock: at least once, delays, visibility, and a dead-letter queue.
import { randomUUID } from 'node:crypto';
import { UnavailableError } from '../../functions/domain/errors.ts';
import type { Clock, Queue } from '../../functions/ports.ts';

type Held = {
  messageId: string;
  body: string;
  sentAt: Date;
  visibleAtMs: number;
  receiveCount: number;
  receipt: { handle: string; atMs: number } | undefined;
  group: string;
};
export type ReceivedMessage = Pick<Held, 'messageId' | 'body' | 'sentAt' | 'receiveCount'> & { receiptHandle: string };
type DeadLetter = Pick<Held, 'messageId' | 'body' | 'sentAt' | 'receiveCount'>;

const maxVisibilityMs = 12 * 3_600_000;

type Options = { clock: Clock; visibilityMs: number; maxReceiveCount: number };

export function inMemoryQueue({ clock, visibilityMs, maxReceiveCount }: Options) {
  const messages = new Map<string, Held>();
  const deadLetters: DeadLetter[] = [];
  let sentCount = 0;
  /** When each group was last served, as a counter. */
  const served = new Map<string, number>();
  /** Messages that may be in flight. */
  const received = new Set<Held>();
  let servedCount = 0;
  const nowMs = () => clock.now().getTime();

  const add = (body: string, delaySeconds: number, group: string | undefined) => {
    const messageId = randomUUID();
    sentCount++;
    const visibleAtMs = nowMs() + delaySeconds * 1000;
    messages.set(messageId, {
      messageId,
      body,
      sentAt: clock.now(),
      visibleAtMs,
      receiveCount: 0,
      receipt: undefined,
      group: group ?? messageId,
    });
  };
  const byHandle = (handle: string) => {
    const message = messages.get(handle.split('/', 1).join());
    return message?.receipt?.handle === handle ? message : undefined;
  };
  /**
   * As a fair queue: of the group with the fewest messages in flight, and among these of the one that was served least
   * recently, the message that has been visible longest.
   */
  const nextVisible = () => {
    const now = nowMs();
    const inFlight = new Map<string, number>();
    for (const message of received) {
      if (message.visibleAtMs > now) inFlight.set(message.group, (inFlight.get(message.group) ?? 0) + 1);
      else received.delete(message);
    }
    const isBefore = (one: Held, other: Held) => {
      const order =
        (inFlight.get(one.group) ?? 0) - (inFlight.get(other.group) ?? 0) ||
        (served.get(one.group) ?? 0) - (served.get(other.group) ?? 0) ||
        one.visibleAtMs - other.visibleAtMs;
      return order < 0;
    };
    let next: Held | undefined;
    for (const message of messages.values()) {
      if (message.visibleAtMs <= now && (next === undefined || isBefore(message, next))) next = message;
    }
    return next;
  };

  const queue: Queue = {
    async send(message, { signal, group }) {
      signal.throwIfAborted();
      add(message, 0, group);
    },

    async sendAll(sent) {
      if (sent.length > 10) throw new UnavailableError('SendMessageBatch: 400 TooManyEntriesInBatchRequest');
      for (const { message, delaySeconds, group } of sent) {
        add(message, Math.min(Math.max(Math.ceil(delaySeconds), 0), 900), group);
      }
      return sent.map(() => true);
    },

    hasWaiting: async () => nextVisible() !== undefined,

    async postpone(receiptHandle, delayMs) {
      const message = byHandle(receiptHandle);
      if (message?.receipt === undefined || message.visibleAtMs <= nowMs()) {
        throw new UnavailableError('ChangeMessageVisibility: 400 MessageNotInflight');
      }
      const hiddenMs = Math.min(Math.max(Math.ceil(delayMs / 1000) * 1000, 0), maxVisibilityMs);
      if (nowMs() + hiddenMs > message.receipt.atMs + maxVisibilityMs) {
        throw new UnavailableError('ChangeMessageVisibility: 400 InvalidParameterValue');
      }
      message.visibleAtMs = nowMs() + hiddenMs;
    },
  };

  return {
    ...queue,

    /** The one that has been visible longest; hidden from now on, until it is deleted or its time is up. */
    receive(): ReceivedMessage | undefined {
      for (let next = nextVisible(); next !== undefined; next = nextVisible()) {
        const { messageId, body, sentAt, receiveCount } = next;
        if (receiveCount < maxReceiveCount) {
          const handle = `${messageId}/${randomUUID()}`;
          next.receiveCount += 1;
          received.add(next);
          served.set(next.group, ++servedCount);
          next.receipt = { handle, atMs: nowMs() };
          next.visibleAtMs = nowMs() + visibilityMs;
          return { messageId, receiptHandle: handle, body, sentAt, receiveCount: next.receiveCount };
        }
        messages.delete(messageId);
        deadLetters.push({ messageId, body, sentAt, receiveCount });
      }
      return undefined;
    },

    /** As Lambda does with what is done. Twice is no error; the handle of an earlier receive deletes nothing. */
    delete(receiptHandle: string): void {
      const message = byHandle(receiptHandle);
      if (message === undefined) return;
      messages.delete(message.messageId);
      received.delete(message);
    },

    /** When the next message can be received, in the past where one can be now; undefined where there is none. */
    nextVisibleAt(): Date | undefined {
      const times = [...messages.values()].map(({ visibleAtMs }) => visibleAtMs);
      return times.length === 0 ? undefined : new Date(times.reduce((least, time) => Math.min(least, time)));
    },

    /** All that it holds, hidden or not, without what is dead. */
    size: () => messages.size,
    /** As if the queue had been made again. */
    clear: () => messages.clear(),
    /** How many messages it ever took. */
    sent: () => sentCount,
    /** Their bodies, for those who only look. */
    bodies: () => [...messages.values()].map(({ body }) => body),
    deadLetters,
  };
}
