// What all records say together. Pure; only what is open or failed is held.
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { deadlineOf, isOpen } from '../records/deadline.ts';
import { hoursBetween } from '../screen/times.ts';

type OpenTask = {
  taskId: string;
  kind: string;
  status: string;
  title: string | null;
  /** Of so many files so many are not stored yet. */
  files: number;
  missing: number;
  dueAt: string | null;
  deadline: string;
  hoursLeft: number;
  /** Why the last attempt at one of its files failed, or the provider could not be asked. */
  reason: string | null;
};
type FailedTask = { taskId: string; kind: string; title: string | null; at: string; reason: string; advice: string };

export type Overview = {
  tasks: Record<TaskRecord['status'], number>;
  /** Open, and the links die soon. */
  atRisk: OpenTask[];
  /** The other open ones. Both with the nearest deadline first. */
  open: OpenTask[];
  /** The latest first. */
  failed: FailedTask[];
};

/** Time enough for a person to act, also over a weekend. */
export const riskHours = 72;

export function createOverview(now: Date) {
  const tasks: Overview['tasks'] = { waiting: 0, archiving: 0, archived: 0, failed: 0 };
  const open: OpenTask[] = [];
  const failed: FailedTask[] = [];
  return {
    add(record: TaskRecord): void {
      tasks[record.status]++;
      if (isOpen(record)) open.push(openTask(record, now));
      else if (record.failure !== null) failed.push(failedTask(record, record.failure));
    },
    overview(): Overview {
      const byDeadline = open.sort((one, other) => one.hoursLeft - other.hoursLeft);
      return {
        tasks,
        atRisk: byDeadline.filter(({ hoursLeft }) => hoursLeft <= riskHours),
        open: byDeadline.filter(({ hoursLeft }) => hoursLeft > riskHours),
        failed: failed.sort((one, other) => other.at.localeCompare(one.at)),
      };
    },
  };
}

function openTask(record: TaskRecord, now: Date): OpenTask {
  const { taskId, kind, status, assets, inquiry } = record;
  const deadline = deadlineOf(record);
  const missing = assets.filter(({ state }) => state === 'open');
  return {
    taskId,
    kind,
    status,
    title: titleOf(record),
    files: assets.length,
    missing: missing.length,
    dueAt: record.dueAt,
    deadline: deadline.toISOString(),
    hoursLeft: hoursBetween(now, deadline),
    reason: missing.map(({ attempts }) => attempts.at(-1)?.detail).find(Boolean) ?? inquiry.problem,
  };
}

function failedTask(record: TaskRecord, { msg, advice }: NonNullable<TaskRecord['failure']>): FailedTask {
  const at =
    record.stages
      .map((seen) => seen.at)
      .sort()
      .at(-1) ?? record.firstSeenAt;
  return { taskId: record.taskId, kind: record.kind, title: titleOf(record), at, reason: msg, advice };
}

function titleOf({ tracks }: TaskRecord): string | null {
  return tracks.map(({ title }) => title).find(Boolean) ?? null;
}
