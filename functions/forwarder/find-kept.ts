// Which of the bodies that are kept of a task has the last word.
import { taskSegment } from '../domain/object-key.ts';
import type { FindLatestKey } from '../ports.ts';

export type Origin = 'callback' | 'answer' | 'event';
export type Kept = { key: string; from: Origin };

/** In this order, as when merging: an `error` counts only as long as no `complete` has come. A callback goes before an answer. */
const places = [
  { from: 'callback', folder: 'callbacks', stage: 'complete' },
  { from: 'answer', folder: 'answers', stage: 'complete' },
  { from: 'callback', folder: 'callbacks', stage: 'error' },
  { from: 'answer', folder: 'answers', stage: 'error' },
] as const;

/** Undefined: the last word never came, or is not kept any more. */
export async function findKept(taskId: string, findLatestKey: FindLatestKey): Promise<Kept | undefined> {
  for (const { from, folder, stage } of places) {
    const key = await findLatestKey(`${folder}/${taskSegment(taskId)}/${stage}-`);
    if (key !== undefined) return { key, from };
  }
  return undefined;
}
