// Summarises all records. Pure; keeps only open and failed tasks in memory.
import { type AttentionReason, attentionReasonOf, isAtRisk, riskHours, taskTitleOf } from '../../client/attention.ts';
import { formatDuration, formatInstant, hoursBetween } from '../../client/times.ts';
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
  isAtRisk: boolean;
  /** Why the last attempt at one of its files failed, or the provider could not be polled. */
  reason: string | null;
};

type FailedTask = { taskId: string; kind: string; title: string | null; at: string; reason: string; advice: string };

type SuspectTask = Pick<FailedTask, 'taskId' | 'kind' | 'title' | 'reason'>;

export type Overview = {
  tasks: Record<TaskRecord['status'], number>;
  /** Open tasks whose links expire soon, or have refused a file for hours. */
  atRisk: OpenTask[];
  /** The other open tasks. Both lists have the nearest deadline first. */
  open: OpenTask[];
  /** Latest first. */
  failed: FailedTask[];
  /** Archived tasks with a file that is not as promised. */
  suspect: SuspectTask[];
};

export function createOverview(now: Date) {
  const tasks: Overview['tasks'] = { waiting: 0, archiving: 0, archived: 0, failed: 0 };
  const open: OpenTask[] = [];
  const failed: FailedTask[] = [];
  const suspect: SuspectTask[] = [];
  return {
    add(record: TaskRecord): void {
      tasks[record.status]++;
      const concern = attentionReasonOf(record);
      if (concern?.what === 'open') open.push(openTask(record, concern, now));
      if (concern?.what === 'failed') failed.push(failedTask(record, concern));
      if (concern?.what === 'suspect') {
        const { taskId, kind } = record;
        suspect.push({ taskId, kind, title: taskTitleOf(record), reason: concern.reason });
      }
    },
    overview(): Overview {
      const byDeadline = open.sort((one, other) => one.hoursLeft - other.hoursLeft);
      return {
        tasks,
        atRisk: byDeadline.filter((task) => task.isAtRisk),
        open: byDeadline.filter((task) => !task.isAtRisk),
        failed: failed.sort((one, other) => other.at.localeCompare(one.at)),
        suspect: suspect.sort((one, other) => one.taskId.localeCompare(other.taskId)),
      };
    },
  };
}

function openTask(record: TaskRecord, concern: AttentionReason & { what: 'open' }, now: Date): OpenTask {
  const { taskId, kind, status, assets } = record;
  const { reason, dueAt, deadline } = concern;
  return {
    taskId,
    kind,
    status,
    title: taskTitleOf(record),
    files: assets.length,
    missing: assets.filter(({ state }) => state !== 'stored').length,
    dueAt,
    deadline,
    hoursLeft: hoursBetween(now, new Date(deadline)),
    isAtRisk: isAtRisk(concern, now),
    reason,
  };
}

function failedTask(record: TaskRecord, { at, reason, advice }: AttentionReason & { what: 'failed' }): FailedTask {
  return { taskId: record.taskId, kind: record.kind, title: taskTitleOf(record), at, reason, advice };
}

/** Longer lists are for programs, which have --json. */
const mostListed = 50;

export function overviewLines(overview: Overview, unreadable: readonly string[], now: Date): string[] {
  const { waiting, archiving, archived, failed } = overview.tasks;
  const sum = waiting + archiving + archived + failed;
  return [
    `${sum} ${sum === 1 ? 'task' : 'tasks'}: ${archived} archived, ${archiving} archiving, ${waiting} waiting, ${failed} failed`,
    ...section(
      `At risk: links expire within ${riskHours} hours, or have refused a file for hours`,
      overview.atRisk,
      (task) => openLines(task, now),
    ),
    ...section('Open', overview.open, (task) => openLines(task, now)),
    ...section('Failed', overview.failed, failedLines),
    ...section('Suspect: stored, but not as promised', overview.suspect, suspectLines),
    ...section('Records that this version cannot read: repair these files, or move them away', unreadable, (key) => [
      key,
    ]),
  ];
}

function section<T>(heading: string, items: readonly T[], linesOf: (item: T) => string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - mostListed;
  return [
    '',
    `${heading} (${items.length})`,
    ...items.slice(0, mostListed).flatMap((item) => linesOf(item).map((line) => `  ${line}`)),
    ...(more > 0 ? [`  … and ${more} more: --json lists all.`] : []),
  ];
}

function openLines({ taskId, kind, status, title, ...task }: Overview['open'][number], now: Date): string[] {
  const left = Date.parse(task.deadline) - now.getTime();
  const words = [
    taskId,
    kind,
    status,
    task.files === 0 ? 'no files yet' : `${task.missing} of ${task.files} files missing`,
    dueWords(task.dueAt, now),
    left > 0 ? `links expire in ${formatDuration(left)}` : 'its links are dead by now',
    title ?? '',
  ];
  const line = words.filter((word) => word !== '').join('  ');
  return task.reason === null ? [line] : [line, `  ${task.reason}`];
}

function suspectLines({ taskId, kind, title, reason }: Overview['suspect'][number]): string[] {
  return [[taskId, kind, title ?? ''].filter((word) => word !== '').join('  '), `  ${reason}`];
}

function dueWords(dueAt: string | null, now: Date): string {
  if (dueAt === null) return 'at work';
  const wait = Date.parse(dueAt) - now.getTime();
  return wait > 0 ? `next step in ${formatDuration(wait)}` : 'due now';
}

function failedLines({ taskId, kind, title, at, reason, advice }: Overview['failed'][number]): string[] {
  const line = [taskId, kind, formatInstant(at), title ?? ''].filter((word) => word !== '').join('  ');
  return [line, `  ${reason}`, ...(advice === '' ? [] : [`  ${advice}`])];
}
