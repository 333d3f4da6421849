// Processes one message of the forward queue: forwards it, or returns it to the queue until the redrive policy
// removes it.
import { requeueDelayMs } from '../domain/schedule.ts';
import { type ForwardDeps, type ForwardedEvent, forward, readEvent } from './forward.ts';

export type ForwardMessage = {
  messageId: string;
  body: string;
  receiveCount: number;
  /** Hides the message for this long. */
  returnToQueue(afterMs: number): Promise<void>;
};

/** Returns false if the message must be redelivered. Never throws. */
export async function processForwardMessage(
  { messageId, body, receiveCount, returnToQueue }: ForwardMessage,
  deps: ForwardDeps,
): Promise<boolean> {
  const { log } = deps;
  let event: ForwardedEvent | undefined;
  try {
    event = readEvent(body);
    await forward(event, deps);
    return true;
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'forward.failed', { messageId, taskId: event?.detail.taskId, receiveCount, detail });
    // The same delays for every failure: the endpoint may be down, and so may a service of ours.
    await returnToQueue(requeueDelayMs(receiveCount)).catch((cause: unknown) =>
      // It is redelivered anyway after its visibility timeout.
      log('error', 'message.not_hidden', { messageId, detail: `${cause}` }),
    );
    return false;
  }
}
