import type { Marker } from '../domain/schedule-key.ts';

const hourMs = 3_600_000;
/**
 * SQS redelivers after 90 min and a backlog can take hours, so a safety marker earlier than 6 h would only duplicate
 * work.
 */
const lostAfterMs = 6 * hourMs;

/**
 * The safety marker that wakes the task again if its message is lost: six to seven hours from now, in whole hours
 * after its due time. A sweep that is repeated every minute, as while the queue is down, thus writes one marker an
 * hour and not sixty.
 */
export function laterMarker({ task, dueAt }: Marker, now: Date): Marker {
  const due = Date.parse(dueAt);
  const hours = Math.ceil((now.getTime() + lostAfterMs - due) / hourMs);
  return { task, dueAt: new Date(due + hours * hourMs).toISOString() };
}
