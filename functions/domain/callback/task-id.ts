import { isObject } from './is-object.ts';

/**
 * A longer value is not an id: ids are used in keys, logs and object metadata, which has room for 2 KB,
 * percent-encoded.
 */
const maxTaskIdBytes = 512;

/**
 * The task id wherever the provider puts it: `task_id` or `taskId`, in `data` or at the root. Null if there is none.
 * `data` is read first: kie.ai's signature covers that one.
 */
export function findTaskId(body: unknown): string | null {
  if (!isObject(body)) return null;
  for (const place of [body.data, body]) {
    if (!isObject(place)) continue;
    for (const id of [place.task_id, place.taskId]) {
      if (typeof id !== 'string' && typeof id !== 'number') continue;
      // Half a surrogate pair would change in storage.
      const text = String(id).toWellFormed().trim();
      if (text !== '' && Buffer.byteLength(text) <= maxTaskIdBytes) return text;
    }
  }
  return null;
}
