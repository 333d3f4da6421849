// The record of one task in the bucket, changed by compare-and-swap, so that no two invocations ever undo each other.
import { UnavailableError } from '../domain/errors.ts';
import { recordKey } from '../domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../domain/record.ts';
import type { Bucket } from '../ports.ts';

/** Each refusal means that another writer got on; this many in a row mean that something is wrong. */
const maxTries = 50;

type Change = (record: TaskRecord | undefined) => TaskRecord;
/** Resolves with the record as it was written. Rejects with whatever `change` threw; then nothing of it was. */
export type UpdateRecord = (change: Change) => Promise<TaskRecord>;
type Waiting = { change: Change; resolve: (record: TaskRecord) => void; reject: (error: unknown) => void };
type Known = { record: TaskRecord; text: string; etag: string };

/**
 * `task`: its id, or as it stands in keys. `change` may run several times and must be pure. A change that changes nothing writes nothing. The record is read once,
 * and again only when another writer was faster; changes that come while one is being written share the next write.
 */
export function createRecordUpdate(bucket: Pick<Bucket, 'read' | 'write'>, task: string): UpdateRecord {
  const key = recordKey(task);
  let known: Known | undefined;
  let waiting: Waiting[] = [];
  let isWriting = false;

  async function write(group: readonly Waiting[]): Promise<void> {
    for (let tries = 0; tries < maxTries; tries++) {
      known ??= await readRecord();
      const { record, accepted } = applyAll(group, known?.record);
      if (record === undefined) return;
      // The schema gives the fields their order, so that the same record is the same text.
      const text = `${JSON.stringify(taskRecord.parse(record), null, 2)}\n`;
      const condition = known === undefined ? 'absent' : { etag: known.etag };
      const written =
        text === known?.text ? known : await bucket.write(key, text, { contentType: 'application/json' }, condition);
      known = written === false ? undefined : { record, text, etag: written.etag };
      if (written !== false) {
        for (const { resolve } of accepted) resolve(record);
        return;
      }
    }
    throw new UnavailableError(`${key} was changed by others ${maxTries} times in a row`);
  }

  async function readRecord(): Promise<Known | undefined> {
    const found = await bucket.read(key);
    return found && { ...found, record: parseRecord(key, found.text) };
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await write(group).catch((error: unknown) => {
        known = undefined;
        for (const { reject } of group) reject(error);
      });
    }
    isWriting = false;
  }

  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      if (!isWriting) void writeAll();
    });
}

/** One change after the other; one that throws is left out, and whoever asked for it is told. */
function applyAll(group: readonly Waiting[], start: TaskRecord | undefined) {
  let record = start;
  const accepted = group.filter(({ change, reject }) => {
    try {
      record = change(record);
      return true;
    } catch (error) {
      reject(error);
      return false;
    }
  });
  return { record: accepted.length > 0 ? record : undefined, accepted };
}

/** A record that somebody changed by hand, or a later version wrote, is left as it is: nothing may be made up for it. */
function parseRecord(key: string, text: string): TaskRecord {
  try {
    return taskRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${key} is no record that this version reads: mend it, or move it away to start anew`, { cause });
  }
}
