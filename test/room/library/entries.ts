import { recordKey } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { entryOf } from '../../../room/library/entry.ts';
import { recordOf } from '../../cli/records.ts';

/** As it is once its record was read. */
export function entryFor(more: Partial<TaskRecord> & Pick<TaskRecord, 'taskId'>) {
  return entryOf(recordOf(more), { key: recordKey(more.taskId), etag: `"${more.taskId}"` });
}
