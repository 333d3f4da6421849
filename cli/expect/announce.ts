import type { ExpectedTask } from '../../functions/domain/expected.ts';
import type { Labels } from '../../functions/domain/labels.ts';
import { limits } from '../../functions/domain/limits.ts';
import { encodeMessage } from '../../functions/domain/message.ts';

/** One message is one invocation of the archiver, which has minutes for them. */
const mostTasks = 1_000;

type Said = { labels: Labels; now: Date };

/** In as few messages as they fit into, in their order; all with the same labels. */
export function announcements(tasks: readonly ExpectedTask[], said: Said): { message: string; tasks: number }[] {
  const { length } = tasks;
  const inTwo = (at: number) => [...announcements(tasks.slice(0, at), said), ...announcements(tasks.slice(at), said)];
  if (length === 0) return [];
  if (length > mostTasks) return inTwo(mostTasks);
  const { labels, now } = said;
  const message = encodeMessage({ type: 'expected', receivedAt: now.toISOString(), labels, tasks: [...tasks] });
  const isTooLarge = length > 1 && Buffer.byteLength(message) > limits.messageBytes;
  return isTooLarge ? inTwo(Math.ceil(length / 2)) : [{ message, tasks: length }];
}
