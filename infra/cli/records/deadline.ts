import { limits } from '../../../functions/domain/limits.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';

export const isOpen = ({ status }: Pick<TaskRecord, 'status'>) => status === 'waiting' || status === 'archiving';

/** When the first of the links dies that a task still needs; of one without files yet, when its links will be dead. */
export function deadlineOf({ assets, firstSeenAt }: TaskRecord): Date {
  const open = assets.filter(({ state, deadline }) => state === 'open' && deadline !== '');
  const [first] = open.map(({ deadline }) => deadline).sort();
  return new Date(first ?? Date.parse(firstSeenAt) + limits.linkLifetimeMs);
}
