import type { BucketReader } from '../../client/target.ts';
import { recordKey } from '../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import { CommandError } from '../outcome.ts';
import { maxRecordBytes, parseRecord } from './parse-record.ts';

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
    if (keys.length > 1) throw new CommandError(`Several tasks begin with ${taskId}: give more of the id.`, 2);
  }
  const [key] = keys;
  return key === undefined ? undefined : await readRecord(bucket, key);
}

/** @throws CommandError if there is none */
export async function getRecord(bucket: BucketReader, taskId: string): Promise<TaskRecord> {
  const record = await findRecord(bucket, taskId);
  if (record !== undefined) return record;
  throw new CommandError(
    `There is no task ${taskId}. Announce it, and it is watched: trackkeeper expect <provider> <kind> ${taskId}`,
  );
}

/** @throws CommandError if this version cannot read the record */
export async function readRecord(bucket: BucketReader, key: string): Promise<TaskRecord | undefined> {
  const found = await bucket.read(key, maxRecordBytes);
  if (found === undefined) return undefined;
  const record = parseRecord(found.body.toString());
  if (record !== undefined) return record;
  throw new CommandError(`${key} is no record that this version reads: mend it, or move it away to start anew.`);
}
