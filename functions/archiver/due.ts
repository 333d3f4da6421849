// When a task's next step is to be taken: the time of its marker. Pure.
import { limits } from '../domain/limits.ts';
import type { TaskRecord } from '../domain/record.ts';
import { markerTime } from '../domain/schedule-key.ts';
import { awaitsFiles, deadlineOf, deriveStatus } from '../domain/task-state.ts';
import { isFetchable } from './allowed-sources.ts';
import type { Policy } from './policy.ts';
import { nextPollAt } from './provider-polling.ts';

export function withDue(record: TaskRecord, policy: Policy, now: Date): TaskRecord {
  const fetches = record.assets
    .filter((asset) => isFetchable(asset, record, policy))
    .map(({ nextDueAt }) => nextDueAt ?? now.toISOString());
  const times = [...fetches, nextPollAt(record, policy), awaitsFiles(record) ? nextLook(record, now) : null];
  const [first] = times.filter((time) => time !== null).sort();
  // Last, because a task with a next step has not failed yet.
  return deriveStatus({ ...record, dueAt: first === undefined ? null : markerTime(first) });
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Whatever is open is looked at a day before its time is up, two days, three ... so `riskMs` are met; and when it is up. */
function nextLook(record: TaskRecord, now: Date): string | null {
  const daysLeft = Math.ceil(leftMs(record, now) / dayMs) - 1;
  return daysLeft < 0 ? null : new Date(deadlineOf(record).getTime() - daysLeft * dayMs).toISOString();
}

/** How long what is open can still be had; null where nothing is. */
export function timeLeft(record: TaskRecord, now: Date): { hoursLeft: number } | null {
  return awaitsFiles(record) ? { hoursLeft: Math.max(0, Math.floor(leftMs(record, now) / hourMs)) } : null;
}

/** The same, where that is not for long any more; else null. */
export function riskOf(record: TaskRecord, now: Date): { hoursLeft: number } | null {
  return leftMs(record, now) > limits.riskMs[0] ? null : timeLeft(record, now);
}

function leftMs(record: TaskRecord, now: Date): number {
  return deadlineOf(record).getTime() - now.getTime();
}
