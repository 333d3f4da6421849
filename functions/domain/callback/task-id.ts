import { isObject } from './is-object.ts';

/** A longer "id" is no id; it would end up in keys, logs and metadata, of which an object has 2 KB, percent-encoded. */
const maxTaskIdBytes = 512;

/**
 * The task's id wherever the provider put it: `task_id` or `taskId`, in `data` or at the root. Null where there is none.
 * `data` goes first: kie.ai's signature covers that one.
 */
export function findTaskId(body: unknown): string | null {
  if (!isObject(body)) return null;
  for (const place of [body.data, body]) {
    if (!isObject(place)) continue;
    for (const id of [place.task_id, place.taskId]) {
      if (typeof id !== 'string' && typeof id !== 'number') continue;
      // Half a surrogate pair would come back from storage as another character.
      const text = String(id).toWellFormed().trim();
      if (text !== '' && Buffer.byteLength(text) <= maxTaskIdBytes) return text;
    }
  }
  return null;
}
