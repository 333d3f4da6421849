import type { StartProgress } from '../client/progress.ts';
import type { Target } from '../client/target.ts';
import { forEachConcurrent } from '../functions/domain/concurrency.ts';
import { encodeMessage } from '../functions/domain/message.ts';
import { keySafeTaskId } from '../functions/domain/object-key.ts';

const messagesAtOnce = 8;

/** Asks the archiver to try each of these tasks again now. Repeating it does no harm. */
export async function sendRetries(
  taskIds: readonly string[],
  { send, progress }: { send: Target['send']; progress: StartProgress },
): Promise<void> {
  const shown = progress('Retrying tasks');
  let sent = 0;
  await forEachConcurrent(taskIds, messagesAtOnce, async (taskId) => {
    await send(encodeMessage({ type: 'retry', task: keySafeTaskId(taskId) }));
    shown.update(++sent, taskIds.length);
  });
  shown.end();
}
