import type { TaskRecord } from '../../../functions/domain/record.ts';
import { deadlineOf as deadlineOfTask } from '../../../functions/domain/schedule.ts';

export const isOpen = ({ status }: Pick<TaskRecord, 'status'>) => status === 'waiting' || status === 'archiving';

/** When the first of the links dies that a task still needs; of one without files yet, when its links will be dead. */
export function deadlineOf(record: TaskRecord): Date {
  const open = record.assets.filter(({ state, deadline }) => state === 'open' && deadline !== '');
  const [first] = open.map(({ deadline }) => deadline).sort();
  return first === undefined ? deadlineOfTask(record) : new Date(first);
}
