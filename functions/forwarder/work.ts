// One message of the forward queue: passed on, or handed back until the queue sets it aside.
import { requeueDelayMs } from '../domain/schedule.ts';
import { type ForwardDeps, forward } from './forward.ts';
import { type ForwardedEvent, readEvent } from './read-event.ts';

export type Received = {
  messageId: string;
  body: string;
  receiveCount: number;
  /** Hides the message for so long. */
  handBack(afterMs: number): Promise<void>;
};

/** False: the message is to come back. Never throws. */
export async function work({ messageId, body, receiveCount, handBack }: Received, deps: ForwardDeps): Promise<boolean> {
  const { log } = deps;
  let event: ForwardedEvent | undefined;
  try {
    event = readEvent(body);
    await forward(event, deps);
    return true;
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'forward.failed', { messageId, taskId: event?.detail.taskId, receiveCount, detail });
    // One pace for whatever went wrong: the endpoint may be down, and so may we.
    await handBack(requeueDelayMs(receiveCount)).catch((cause: unknown) =>
      // It comes back all the same, when its visibility timeout is over.
      log('error', 'message.not_hidden', { messageId, detail: `${cause}` }),
    );
    return false;
  }
}
