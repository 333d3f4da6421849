import type { TaskRecord } from '../domain/record.ts';
import type { TaskEvent } from '../domain/task-event.ts';
import type { Clock, EventBus, Log } from '../ports.ts';
import type { UpdateRecord } from './records.ts';
import { type EventOrigin, markAnnounced, pendingEvent } from './task-events.ts';

export type PublishEventDeps = { bus: EventBus; origin: EventOrigin; clock: Clock; log: Log };

/**
 * Tells what is new of a task as its record stands, and then notes that it was told: a crash in between tells it twice, and
 * none keeps it untold. @throws UnavailableError where the bus does not take it
 */
export async function tell(
  record: TaskRecord,
  { bus, origin, clock, log, update }: PublishEventDeps & { update: UpdateRecord },
): Promise<void> {
  const event = pendingEvent(record, origin, clock.now());
  if (event === null) return;
  await bus.put(event);
  const { taskId, id } = event.detail;
  log('info', 'event.told', { taskId, type: event.type, id, lost: lostOf(event) });
  await update((found) => markAnnounced(found ?? record, event));
}

/** Undefined where nothing is: what lies in quarantine is there, and what the provider did not make never was. */
function lostOf({ type, detail: { assets, failure } }: TaskEvent): number | undefined {
  if (type !== 'TaskFailed') return undefined;
  const lost = assets.filter(({ state }) => state === 'failed').length + (failure?.outcome === 'missing' ? 1 : 0);
  return lost > 0 ? lost : undefined;
}
