// Summarises all records. Pure; keeps only open and failed tasks in memory.

import { type Concern, concernOf, riskHours, titleOf } from '../../client/attention.ts';
import { hoursBetween } from '../../client/times.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';

type OpenTask = {
  taskId: string;
  kind: string;
  status: string;
  title: string | null;
  /** The number of files, and how many are not stored yet. */
  files: number;
  missing: number;
  dueAt: string | null;
  deadline: string;
  hoursLeft: number;
  /** Why the last attempt at one of its files failed, or the provider could not be polled. */
  reason: string | null;
};
type FailedTask = { taskId: string; kind: string; title: string | null; at: string; reason: string; advice: string };

export type Overview = {
  tasks: Record<TaskRecord['status'], number>;
  /** Open tasks whose links expire soon. */
  atRisk: OpenTask[];
  /** The other open tasks. Both lists have the nearest deadline first. */
  open: OpenTask[];
  /** Latest first. */
  failed: FailedTask[];
};

export function createOverview(now: Date) {
  const tasks: Overview['tasks'] = { waiting: 0, archiving: 0, archived: 0, failed: 0 };
  const open: OpenTask[] = [];
  const failed: FailedTask[] = [];
  return {
    add(record: TaskRecord): void {
      tasks[record.status]++;
      const concern = concernOf(record);
      if (concern?.what === 'open') open.push(openTask(record, concern, now));
      if (concern?.what === 'failed') failed.push(failedTask(record, concern));
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

function openTask(record: TaskRecord, { reason, dueAt, deadline }: Concern & { what: 'open' }, now: Date): OpenTask {
  const { taskId, kind, status, assets } = record;
  return {
    taskId,
    kind,
    status,
    title: titleOf(record),
    files: assets.length,
    missing: assets.filter(({ state }) => state !== 'stored').length,
    dueAt,
    deadline,
    hoursLeft: hoursBetween(now, new Date(deadline)),
    reason,
  };
}

function failedTask(record: TaskRecord, { at, reason, advice }: Concern & { what: 'failed' }): FailedTask {
  return { taskId: record.taskId, kind: record.kind, title: titleOf(record), at, reason, advice };
}
