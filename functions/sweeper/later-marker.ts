import type { Marker } from '../domain/schedule-key.ts';

const hourMs = 3_600_000;
/**
 * The queue itself brings a message back after 90 minutes, and to work off ten thousand may take hours: only what got lost
 * needs a marker, and one that comes too early doubles work that is only slow.
 */
const lostAfterMs = 6 * hourMs;

/**
 * Brings the task back if its message is lost: six to seven hours from now, in whole hours from when it was due. So a sweep
 * that is made again each minute, as while the queue is down, leaves one later marker an hour and not sixty.
 */
export function laterMarker({ task, dueAt }: Marker, now: Date): Marker {
  const due = Date.parse(dueAt);
  const hours = Math.ceil((now.getTime() + lostAfterMs - due) / hourMs);
  return { task, dueAt: new Date(due + hours * hourMs).toISOString() };
}
