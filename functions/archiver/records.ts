// The record of one task in the bucket, changed by compare-and-swap, so that no invocation undoes another's change; and
// the claim by which an invocation reserves the task in it.
import { UnavailableError } from '../domain/errors.ts';
import { recordKey } from '../domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../domain/record.ts';
import type { Bucket } from '../ports.ts';
import type { TransferOptions } from './transfer/context.ts';

/** Each refused write means that another writer was faster; this many in a row mean that something is wrong. */
const maxTries = 50;

type RecordChange = (record: TaskRecord | undefined) => TaskRecord;
/** Resolves with the record as written. If `change` throws, rejects with its error, and writes nothing of it. */
export type UpdateRecord = (change: RecordChange) => Promise<TaskRecord>;
type Waiting = { change: RecordChange; resolve: (record: TaskRecord) => void; reject: (error: unknown) => void };
type Known = { record: TaskRecord; text: string; etag: string };

/**
 * `task`: its id, or its id as in keys. `change` may run several times and must be pure; if it changes nothing, nothing
 * is written. The record is read once, and again only if another writer was faster. Changes that arrive during a write
 * share the next one.
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

/** Applies the changes in order; a change that throws is skipped and its promise rejected. */
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

/** A record that was edited by hand, or that a later version wrote, is never overwritten. */
function parseRecord(key: string, text: string): TaskRecord {
  try {
    return taskRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${key} is not a record that this version can read: repair it, or move it away to start over`, {
      cause,
    });
  }
}

/** This invocation: its message, and when Lambda ends it. `stopping` and `signal` as in `TransferOptions`. */
export type ArchiverInvocation = { messageId: string; endsAt: Date } & Pick<TransferOptions, 'stopping' | 'signal'>;

/**
 * Reserves the task until this invocation ends, so that two invocations do not download the same files. This only
 * saves work: P5 is guaranteed by conditional publishing. If another invocation holds the claim, stop: it will see
 * this change before it releases, and if it crashes, its message is redelivered and takes the same claim again.
 */
export function claim(
  record: TaskRecord,
  { messageId, endsAt }: Pick<ArchiverInvocation, 'messageId' | 'endsAt'>,
  now: Date,
): TaskRecord {
  if (isClaimedByOther(record, messageId, now)) return record;
  return { ...record, claim: { by: messageId, until: endsAt.toISOString() } };
}

export function isClaimed({ claim: held }: TaskRecord, now: Date): boolean {
  return held !== null && Date.parse(held.until) > now.getTime();
}

export function isClaimedByOther(record: TaskRecord, messageId: string, now: Date): boolean {
  return isClaimed(record, now) && record.claim?.by !== messageId;
}

export function release(record: TaskRecord, messageId: string): TaskRecord {
  return record.claim?.by === messageId ? { ...record, claim: null } : record;
}
