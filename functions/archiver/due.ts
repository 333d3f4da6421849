// When a task's next step is to be taken: the time of its marker. Pure.
import { limits } from '../domain/limits.ts';
import type { TaskRecord } from '../domain/record.ts';
import { deadlineOf } from '../domain/schedule.ts';
import { markerTime } from '../domain/schedule-key.ts';
import { nextAskAt } from './inquiry.ts';
import { isFetchable, isOpen } from './open.ts';
import type { Policy } from './policy.ts';

export function withDue(record: TaskRecord, policy: Policy, now: Date): TaskRecord {
  const fetches = record.assets
    .filter((asset) => isFetchable(asset, record, policy))
    .map(({ nextDueAt }) => nextDueAt ?? now.toISOString());
  const times = [...fetches, nextAskAt(record, policy), isOpen(record) ? nextLook(record, now) : null];
  const [first] = times.filter((time) => time !== null).sort();
  return { ...record, dueAt: first === undefined ? null : markerTime(first) };
}

/** Whatever is open is looked at when it begins to be at risk, once more, and when its time is up. */
function nextLook(record: TaskRecord, now: Date): string | null {
  const looks = [...limits.riskMs, 0].map((leftMs) => deadlineOf(record).getTime() - leftMs);
  const next = looks.find((look) => look > now.getTime());
  return next === undefined ? null : new Date(next).toISOString();
}

/** How long what is open can still be had, where that is not for long any more; else null. */
export function riskOf(record: TaskRecord, now: Date): { hoursLeft: number } | null {
  const leftMs = deadlineOf(record).getTime() - now.getTime();
  if (!isOpen(record) || leftMs > limits.riskMs[0]) return null;
  return { hoursLeft: Math.max(0, Math.floor(leftMs / 3_600_000)) };
}
