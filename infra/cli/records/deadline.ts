import type { TaskRecord } from '../../../functions/domain/record.ts';
import { deadlineOf as deadlineOfTask } from '../../../functions/domain/schedule.ts';

export const isOpen = ({ status }: Pick<TaskRecord, 'status'>) => status === 'waiting' || status === 'archiving';

/** When the first link expires that the task still needs; for a task without files, when its links will expire. */
export function deadlineOf(record: TaskRecord): Date {
  const open = record.assets.filter(({ state, deadline }) => state === 'open' && deadline !== '');
  const [first] = open.map(({ deadline }) => deadline).sort();
  return first === undefined ? deadlineOfTask(record) : new Date(first);
}
