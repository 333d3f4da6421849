import { type TaskRecord, taskRecord } from '../../../functions/domain/record.ts';
import { withCurrentStatus } from '../../../functions/domain/task-state.ts';

/** Records are some kilobytes; what is this large under `tasks/` is none of ours. */
export const maxRecordBytes = 8 * 1024 ** 2;

/** Undefined where it is no record that this version reads. */
export function parseRecord(text: string): TaskRecord | undefined {
  try {
    return withCurrentStatus(taskRecord.parse(JSON.parse(text)));
  } catch {
    return undefined;
  }
}
