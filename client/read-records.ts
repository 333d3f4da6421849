import { forEachConcurrent } from '../functions/domain/concurrency.ts';
import { recordKey } from '../functions/domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../functions/domain/record.ts';
import { withCurrentStatus } from '../functions/domain/task-state.ts';
import { CommandError } from './command-error.ts';
import type { StartProgress } from './progress.ts';
import type { BucketReader, ListedFile } from './target.ts';

type ReadRecords = {
  bucket: BucketReader;
  progress: StartProgress;
  /** Records last written before this time are skipped. */
  since?: Date;
};

/** Enough to hide the latency of S3, far below its request limit. */
const readsAtOnce = 16;

/** Records have some kilobytes; a larger object under `tasks/` is not ours. */
export const maxRecordBytes = 8 * 1024 ** 2;

/**
 * Reads every record, in no order, passing on one at a time: they may not fit into memory.
 * @returns the keys of records that this version cannot read
 */
export async function readRecords(
  { bucket, progress, since }: ReadRecords,
  visit: (record: TaskRecord) => void,
): Promise<string[]> {
  const shown = progress('Reading records');
  const unreadable: string[] = [];
  const files = await listRecords(bucket, { since, onListed: shown.update });
  let done = 0;
  await forEachConcurrent(files, readsAtOnce, async ({ key, bytes }) => {
    const isOurs = bytes <= maxRecordBytes;
    const found = isOurs ? await bucket.read(key, maxRecordBytes) : undefined;
    const record = found && parseRecord(found.body.toString());
    if (record !== undefined) visit(record);
    // A record that is gone since the listing was removed by its owner.
    else if (!isOurs || found !== undefined) unreadable.push(key);
    shown.update(++done, files.length);
  });
  shown.end();
  return unreadable.sort();
}

type Listing = { since: Date | undefined; onListed: (count: number) => void };

async function listRecords(bucket: BucketReader, { since, onListed }: Listing): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for await (const file of bucket.list('tasks/')) {
    if (file.key.endsWith('.json') && (since === undefined || file.modified >= since)) files.push(file);
    onListed(files.length);
  }
  return files;
}

/** Undefined if this version cannot read the record. */
export function parseRecord(text: string): TaskRecord | undefined {
  try {
    return withCurrentStatus(taskRecord.parse(JSON.parse(text)));
  } catch {
    return undefined;
  }
}

/** A shorter prefix would match by chance. */
const leastCharacters = 4;

/**
 * Finds a task's record by its id, or by a prefix that only one id has. Undefined if there is none.
 * @throws CommandError if several ids match, or the record cannot be read
 */
export async function findRecord(bucket: BucketReader, taskId: string): Promise<TaskRecord | undefined> {
  const exact = await readRecord(bucket, recordKey(taskId));
  if (exact !== undefined || !/^[A-Za-z0-9._-]+$/.test(taskId) || taskId.length < leastCharacters) return exact;

  const keys: string[] = [];
  for await (const { key } of bucket.list(`tasks/${taskId}`)) {
    if (key.endsWith('.json')) keys.push(key);
    if (keys.length > 1) throw new CommandError(`Several task ids start with ${taskId}: give more of the id.`, 2);
  }
  const [key] = keys;
  return key === undefined ? undefined : await readRecord(bucket, key);
}

/** @throws CommandError if this version cannot read the record */
export async function readRecord(bucket: BucketReader, key: string): Promise<TaskRecord | undefined> {
  const found = await bucket.read(key, maxRecordBytes);
  if (found === undefined) return undefined;
  const record = parseRecord(found.body.toString());
  if (record !== undefined) return record;
  throw new CommandError(
    `${key} is not a record that this version can read: repair it, or move it away to start over.`,
  );
}

/** @throws CommandError if there is none */
export async function getRecord(bucket: BucketReader, taskId: string): Promise<TaskRecord> {
  const record = await findRecord(bucket, taskId);
  if (record !== undefined) return record;
  throw new CommandError(
    `There is no task ${taskId}. Announce it, and it is watched: trackkeeper expect <provider> <kind> ${taskId}`,
  );
}
