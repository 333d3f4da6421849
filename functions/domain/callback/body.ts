const decoder = new TextDecoder('utf-8');

/**
 * Parses a callback's bytes as JSON; undefined if they are not. A byte order mark is skipped and invalid UTF-8
 * becomes U+FFFD: one broken letter in a title must not cost the song. The original bytes are stored elsewhere,
 * unchanged.
 */
export function parseBody(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

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

// Separate from the schemas, which the receiver does not load at its start.

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
