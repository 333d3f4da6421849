// Records in the bucket, changed by compare-and-swap, so that no two invocations ever undo each other.
import { recordKey } from '../domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../domain/record.ts';
import type { Bucket } from '../ports.ts';

/** Each refusal means that another writer got on; this many in a row mean that something is wrong. */
const maxTries = 50;

export type UpdateRecord = (
  taskId: string,
  change: (record: TaskRecord | undefined) => TaskRecord,
) => Promise<TaskRecord>;

/** `change` may run several times and must be pure. A change that changes nothing writes nothing. */
export function createRecordUpdate(bucket: Pick<Bucket, 'read' | 'write'>): UpdateRecord {
  return async (taskId, change) => {
    const key = recordKey(taskId);
    for (let tries = 0; tries < maxTries; tries++) {
      const found = await bucket.read(key);
      const after = change(found && parseRecord(key, found.text));
      // The schema gives the fields their order, so that the same record is the same text.
      const text = `${JSON.stringify(taskRecord.parse(after), null, 2)}\n`;
      if (text === found?.text) return after;
      const condition = found === undefined ? 'absent' : { etag: found.etag };
      if (await bucket.write(key, text, { contentType: 'application/json' }, condition)) return after;
    }
    throw new Error(`${key} was changed by others ${maxTries} times in a row`);
  };
}

/** A record that somebody changed by hand, or a later version wrote, is left as it is: nothing may be made up for it. */
function parseRecord(key: string, text: string): TaskRecord {
  try {
    return taskRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${key} is no record that this version reads: mend it, or move it away to start anew`, { cause });
  }
}
