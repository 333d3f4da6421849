import { recordKey } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { parseRecord } from '../../records/parse-record.ts';
import type { ExaminedBucket } from '../target.ts';

/** Undefined where there is none, or it is that of another task. */
export async function readTestRecord(
  bucket: Pick<ExaminedBucket, 'read'>,
  taskId: string,
): Promise<TaskRecord | undefined> {
  const found = await bucket.read(recordKey(taskId));
  const record = found === undefined ? undefined : parseRecord(found.bytes.toString('utf8'));
  return record?.taskId === taskId ? record : undefined;
}

/**
 * Nobody works at it: its end was told on EventBridge, or it waits for its due time. Until its end is told, its message may come
 * back, and make anew a record that was removed.
 */
export function isAtRest({ claim, status, dueAt, announced }: TaskRecord, now: Date): boolean {
  if (claim !== null) return false;
  const isClosed = status === 'archived' || status === 'failed';
  return (isClosed && announced.length > 0) || (dueAt !== null && Date.parse(dueAt) > now.getTime());
}
