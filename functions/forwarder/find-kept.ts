// Finds the stored body of a task that decides its result.
import { taskSegment } from '../domain/object-key.ts';
import type { FindLatestKey } from '../ports.ts';

export type Origin = 'callback' | 'answer' | 'event';
export type Kept = { key: string; from: Origin };

/** In this order, as in merging: an `error` counts only without a `complete`. Callbacks precede polling answers. */
const places = [
  { from: 'callback', folder: 'callbacks', stage: 'complete' },
  { from: 'answer', folder: 'answers', stage: 'complete' },
  { from: 'callback', folder: 'callbacks', stage: 'error' },
  { from: 'answer', folder: 'answers', stage: 'error' },
] as const;

/** Undefined: no final callback arrived, or it is no longer stored. */
export async function findKept(taskId: string, findLatestKey: FindLatestKey): Promise<Kept | undefined> {
  for (const { from, folder, stage } of places) {
    const key = await findLatestKey(`${folder}/${taskSegment(taskId)}/${stage}-`);
    if (key !== undefined) return { key, from };
  }
  return undefined;
}
