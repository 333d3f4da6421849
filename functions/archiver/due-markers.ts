// When a task's next step is due, and the markers under `schedule/` for it. A marker is written after the record, so
// that every acknowledged task is closed or has a marker.
import { limits } from '../domain/limits.ts';
import { recordKey } from '../domain/object-key.ts';
import { plausibleTime } from '../domain/plausible-time.ts';
import { type Asset, type TaskRecord, taskRecord } from '../domain/record.ts';
import { markerTime } from '../domain/schedule.ts';
import { awaitsFiles, deadlineOf, deriveStatus, isAtStake, openEssentials } from '../domain/task-state.ts';
import type { Bucket, Schedule } from '../ports.ts';
import { type ArchiverPolicy, nextFetchAt } from './allowed-sources.ts';
import { nextPollAt } from './provider-polling.ts';

/** Sets `dueAt` to the earliest time at which there is something to do. */
export function withDue(given: TaskRecord, policy: ArchiverPolicy, now: Date): TaskRecord {
  const record = withPlausibleStart(given, now);
  const times = [
    ...record.assets.map((asset) => nextFetchAt(asset, record, policy, now)),
    nextPollAt(record, policy),
    ...(awaitsFiles(record) ? [nextDailyWake(record, now), nextRefusalNews(record, now)] : []),
  ];
  const [first] = times.filter((time) => time !== null).sort();
  // The status depends on it: a task with a next step has not failed yet.
  return deriveStatus({ ...record, dueAt: first === undefined ? null : markerTime(first) });
}

/** A deadline counted from a clock that was wrong would never, or at once, be reached. */
export function withPlausibleStart(record: TaskRecord, now: Date): TaskRecord {
  const firstSeenAt = plausibleTime(record.firstSeenAt, now);
  return firstSeenAt === record.firstSeenAt ? record : deriveStatus({ ...record, firstSeenAt });
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Wakes open tasks at the deadline and every 24 h before it, so that the times of `limits.riskMs` are met, and when the
 * overtime ends.
 */
function nextDailyWake(record: TaskRecord, now: Date): string {
  const left = leftMs(record, now);
  const wakeMs = left > 0 ? -(Math.ceil(left / dayMs) - 1) * dayMs : limits.overtimeMs;
  return new Date(deadlineOf(record).getTime() + wakeMs).toISOString();
}

/** When an open file will have been refused for long enough to be announced as at risk. */
function nextRefusalNews(record: TaskRecord, now: Date): string | null {
  const times = openEssentials(record).flatMap((asset) => refusedLongAt(asset) ?? []);
  return times.filter((time) => time > now.toISOString()).sort()[0] ?? null;
}

/** When every source of an asset will have refused it for `limits.refusedMs`; null: none has refused it. */
function refusedLongAt({ failingSince }: Asset): string | null {
  return failingSince === null ? null : new Date(Date.parse(failingSince) + limits.refusedMs).toISOString();
}

/** The essential files that every source has refused for hours. */
export function refusedAssets(record: TaskRecord, now: Date): Asset[] {
  if (!isAtStake(record)) return [];
  return openEssentials(record).filter((asset) => (refusedLongAt(asset) ?? '9') <= now.toISOString());
}

/** Time until the links are assumed to be dead; null if no essential file needs them any more. */
export function timeLeft(record: TaskRecord, now: Date): { hoursLeft: number } | null {
  return isAtStake(record) ? { hoursLeft: Math.max(0, Math.floor(leftMs(record, now) / hourMs)) } : null;
}

/** The time left if the deadline is near, else null. */
export function riskOf(record: TaskRecord, now: Date): { hoursLeft: number } | null {
  return leftMs(record, now) > limits.riskMs[0] ? null : timeLeft(record, now);
}

function leftMs(record: TaskRecord, now: Date): number {
  return deadlineOf(record).getTime() - now.getTime();
}

/** The host that the task waits for next, so that a slow host delays only its own files. */
export function hostOf({ assets }: TaskRecord): string | undefined {
  const [open] = assets.filter(({ state, sources }) => state === 'open' && sources.length > 0);
  return URL.parse(open?.sources[0]?.url ?? '')?.host;
}

export type DueMarkersDeps = { bucket: Pick<Bucket, 'read'>; schedule: Pick<Schedule, 'put' | 'remove'> };

/** The markers of one task during one step. */
export function createDueMarkers(task: string, { bucket, schedule }: DueMarkersDeps) {
  const retired = new Set<string>();
  let current: string | null = null;

  return {
    /** Notes a due time that the task has or had; its marker is removed once the task has another one. */
    retire(dueAt: string | null | undefined): void {
      if (dueAt != null) retired.add(dueAt);
    },

    /** Call it after the record has this due time. */
    async set(dueAt: string | null): Promise<void> {
      current = dueAt;
      if (dueAt !== null) await schedule.put({ dueAt, task });
    },

    /** Call it last: as long as a marker exists, the sweeper wakes the task even if its message is lost. */
    async removeRetired(): Promise<void> {
      const gone = [...retired].filter((time) => time !== current);
      if (gone.length === 0) return;
      await schedule.remove(gone.map((time) => ({ dueAt: time, task })));
      // Another invocation may have set one of these times again. It writes the record before the marker, so either its
      // marker was written after our removal, or its record is visible here.
      const found = await bucket.read(recordKey(task));
      const record = found && taskRecord.parse(JSON.parse(found.text));
      if (record?.dueAt != null && gone.includes(record.dueAt)) await schedule.put({ dueAt: record.dueAt, task });
    },
  };
}
