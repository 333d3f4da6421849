// One message of a queue: worked off, or what becomes of it instead.
import { UnavailableError } from '../domain/errors.ts';
import { decodeMessage, type Message } from '../domain/message.ts';
import { handBackDelayMs } from '../domain/schedule.ts';
import { type ArchiveDeps, archive } from './archive.ts';
import { endingOf } from './ending.ts';

export type Received = {
  messageId: string;
  body: string;
  sentAt: Date;
  receiveCount: number;
  /** Hides the message for so long. */
  handBack(afterMs: number): Promise<void>;
};

/** `leftMs`: until the function's own end. False: the message is to come back. Never throws. */
export async function work(
  { messageId, body, sentAt, receiveCount, handBack }: Received,
  leftMs: number,
  deps: ArchiveDeps,
): Promise<boolean> {
  const { clock, log } = deps;
  const message = decodeMessage(body) ?? notOurs(body, sentAt);
  const endsAt = new Date(clock.now().getTime() + leftMs);
  try {
    await archive(message, { messageId, endsAt, ...endingOf(leftMs) }, deps);
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
    const afterMs = waitAfterFailure(message, receiveCount, isOutage);
    if (afterMs === null) return true;
    // Where not even that is done, it comes back when its visibility timeout is over.
    await handBack(afterMs).catch((cause: unknown) =>
      log('error', 'message.not_hidden', { messageId, detail: `${cause}` }),
    );
    return false;
  }
}

/** What is no message of ours is kept like a callback that nobody understands. */
function notOurs(body: string, sentAt: Date): Message {
  return { type: 'callback', receivedAt: sentAt.toISOString(), labels: {}, body: Buffer.from(body) };
}

/** A wake is let go after so many times: its marker brings the task back. */
const wakes = 4;
/** Until it is in the dead-letter queue, where a person finds it with the reason in the log. */
const faultDelayMs = 60_000;

/** Milliseconds; null: it is not to come back. */
function waitAfterFailure({ type }: Message, receiveCount: number, isOutage: boolean): number | null {
  if (type === 'wake') return receiveCount < wakes ? handBackDelayMs(receiveCount) : null;
  return isOutage ? handBackDelayMs(receiveCount) : faultDelayMs;
}
