import { type TaskRecord, taskRecord } from '../../functions/domain/record.ts';
import { withCurrentStatus } from '../../functions/domain/task-state.ts';

/** Records have some kilobytes; a larger object under `tasks/` is not ours. */
export const maxRecordBytes = 8 * 1024 ** 2;

/** Undefined if this version cannot read the record. */
export function parseRecord(text: string): TaskRecord | undefined {
  try {
    return withCurrentStatus(taskRecord.parse(JSON.parse(text)));
  } catch {
    return undefined;
  }
}
