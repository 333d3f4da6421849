import { isObject } from './tolerant.ts';

/** A longer "id" is no id; it would end up in keys, logs and metadata. */
const maxTaskIdLength = 512;

/**
 * The task's id wherever the provider put it: `task_id` or `taskId`, in `data` or at the root. Null where there is none.
 * `data` goes first: kie.ai's signature covers that one.
 */
export function findTaskId(body: unknown): string | null {
  if (!isObject(body)) return null;
  for (const place of [body.data, body]) {
    if (!isObject(place)) continue;
    for (const id of [place.task_id, place.taskId]) {
      const text = typeof id === 'number' ? String(id) : id;
      if (typeof text === 'string' && text.trim() !== '' && text.length <= maxTaskIdLength) return text.trim();
    }
  }
  return null;
}
