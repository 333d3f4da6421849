// One message of the archiver's queues: processed, or returned to its queue for a later try.
import { UnavailableError } from '../domain/errors.ts';
import { decodeMessage, type QueueMessage } from '../domain/message.ts';
import { requeueDelayMs } from '../domain/schedule.ts';
import { type ArchiveDeps, archive } from './archive.ts';
import type { ArchiverInvocation } from './records.ts';

export type ReceivedMessage = {
  messageId: string;
  body: string;
  sentAt: Date;
  receiveCount: number;
  /** Hides the message in its queue for this long. */
  returnToQueue(afterMs: number): Promise<void>;
};

/**
 * Returns whether the message is done; if not, the queue delivers it again. Never throws.
 * `leftMs`: time until Lambda ends this invocation.
 */
export async function processMessage(
  { messageId, body, sentAt, receiveCount, returnToQueue }: ReceivedMessage,
  leftMs: number,
  deps: ArchiveDeps,
): Promise<boolean> {
  const { clock, log } = deps;
  const message = decodeMessage(body) ?? asUnrecognised(body, sentAt);
  const endsAt = new Date(clock.now().getTime() + leftMs);
  try {
    await archive(message, { messageId, endsAt, ...signalsFor(leftMs) }, deps);
    return true;
  } catch (error) {
    const isOutage = error instanceof UnavailableError;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', isOutage ? 'archiver.unavailable' : 'archiver.failed', {
      messageId,
      type: message.type,
      task: 'task' in message ? message.task : undefined,
      receiveCount,
      detail,
    });
    const afterMs = retryDelayAfter(message, receiveCount, isOutage);
    if (afterMs === null) return true;
    // If this fails too, the message returns when its visibility timeout expires.
    await returnToQueue(afterMs).catch((cause: unknown) =>
      log('error', 'message.not_hidden', { messageId, detail: `${cause}` }),
    );
    return false;
  }
}

/** A body that is no message of this project is stored like an unrecognised callback. */
function asUnrecognised(body: string, sentAt: Date): QueueMessage {
  return { type: 'callback', receivedAt: sentAt.toISOString(), labels: {}, body: Buffer.from(body) };
}

/**
 * A wake message is dropped after this many deliveries: the sweeper sends another one for as long as the marker exists.
 */
const maxWakeDeliveries = 4;
/** After a fault of our own code. The message soon reaches the dead-letter queue, and the reason is in the log. */
const faultDelayMs = 60_000;

/** Milliseconds; null: drop the message. */
function retryDelayAfter({ type }: QueueMessage, receiveCount: number, isOutage: boolean): number | null {
  if (type === 'wake') return receiveCount < maxWakeDeliveries ? requeueDelayMs(receiveCount) : null;
  return isOutage ? requeueDelayMs(receiveCount) : faultDelayMs;
}

/** At most; a function with a short timeout reserves a quarter of it. */
const reserveMs = 60_000;

/** Reserves time to complete the current part and to write the record before Lambda ends the invocation. */
export function signalsFor(leftMs: number): Pick<ArchiverInvocation, 'stopping' | 'signal'> {
  const reserve = Math.min(reserveMs, leftMs / 4);
  return { stopping: abortAfter(leftMs - reserve), signal: abortAfter(leftMs - reserve / 2) };
}

/** `AbortSignal.timeout` accepts only whole milliseconds, and none below 0. */
function abortAfter(ms: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.floor(ms)));
}
