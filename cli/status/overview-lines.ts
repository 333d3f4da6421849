import { riskHours } from '../../client/attention.ts';
import { formatDuration, formatInstant } from '../../client/times.ts';
import type { Overview } from './overview.ts';

/** Longer lists are for programs, which have --json. */
const mostListed = 50;

export function overviewLines(overview: Overview, unreadable: readonly string[], now: Date): string[] {
  const { waiting, archiving, archived, failed } = overview.tasks;
  const sum = waiting + archiving + archived + failed;
  return [
    `${sum} ${sum === 1 ? 'task' : 'tasks'}: ${archived} archived, ${archiving} archiving, ${waiting} waiting, ${failed} failed`,
    ...section(`At risk: links die within ${riskHours} hours`, overview.atRisk, (task) => openLines(task, now)),
    ...section('Open', overview.open, (task) => openLines(task, now)),
    ...section('Failed', overview.failed, failedLines),
    ...section('No record that this version reads: mend these files, or move them away', unreadable, (key) => [key]),
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
    left > 0 ? `links die in ${formatDuration(left)}` : 'its links are dead by now',
    title ?? '',
  ];
  const line = words.filter((word) => word !== '').join('  ');
  return task.reason === null ? [line] : [line, `  ${task.reason}`];
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
