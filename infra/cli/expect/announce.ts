import type { ExpectedTask } from '../../../functions/domain/expected.ts';
import { limits } from '../../../functions/domain/limits.ts';
import { encodeMessage } from '../../../functions/domain/message.ts';

/** One message is one invocation of the archiver, which has minutes for them. */
const mostTasks = 1_000;

/** In as few messages as they fit into, in their order. */
export function announcements(tasks: readonly ExpectedTask[], now: Date): { message: string; tasks: number }[] {
  const { length } = tasks;
  const inTwo = (at: number) => [...announcements(tasks.slice(0, at), now), ...announcements(tasks.slice(at), now)];
  if (length === 0) return [];
  if (length > mostTasks) return inTwo(mostTasks);
  const message = encodeMessage({ type: 'expected', receivedAt: now.toISOString(), tasks: [...tasks] });
  const isTooLarge = length > 1 && Buffer.byteLength(message) > limits.messageBytes;
  return isTooLarge ? inTwo(Math.ceil(length / 2)) : [{ message, tasks: length }];
}
