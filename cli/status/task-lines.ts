// The details of one task, as lines.

import { formatBytes } from '../../client/terminal.ts';
import { formatDuration, formatInstant } from '../../client/times.ts';
import type { Asset, TaskRecord, Track } from '../../functions/domain/record.ts';
import { isDamaged } from '../../functions/domain/reopen.ts';
import { deadlineOf, isOpen } from '../../functions/domain/task-state.ts';

export function taskLines(record: TaskRecord, now: Date): string[] {
  const { taskId, kind, provider, status, firstSeenAt, folder, labels, stages, failure, tracks, assets } = record;
  const { dismissedAt, missing, absent, omitted } = record;
  const labelled = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return [
    field('Task', taskId),
    field('Kind', `${kind}, ${provider === 'unknown' ? 'provider unknown' : provider}`),
    field('Status', status),
    field('First seen', formatInstant(firstSeenAt)),
    ...(isOpen(record) ? openLines(record, now) : []),
    ...(folder === null ? [] : [field('Folder', folder)]),
    ...(labelled.length === 0 ? [] : [field('Labels', labelled.join(', '))]),
    ...stages.map(({ stage, code, at }) => field('Callback', `${stage} ${code}, ${formatInstant(at)}`)),
    ...inquiryLines(record),
    ...(failure === null ? [] : [field('Failure', failure.msg), field('', failure.advice)]),
    ...(dismissedAt === null ? [] : [field('Dismissed', formatInstant(dismissedAt))]),
    ...missing.map(({ kind, name, trackId, reason }) => field('Missing', `${kind} ${name || trackId}: ${reason}`)),
    ...(absent.length === 0 ? [] : [field('Absent', absent.join(', '))]),
    ...(omitted === null ? [] : [field('Omitted', omitted)]),
    ...tracks.map((track) => field('Track', trackWords(track))),
    ...(assets.length === 0 ? [] : ['']),
    ...assets.flatMap((asset) => assetLines(asset, tracks)),
  ];
}

const field = (name: string, words: string) => `${name.padEnd(12)}${words}`;

function openLines(record: TaskRecord, now: Date): string[] {
  const deadline = deadlineOf(record);
  const left = deadline.getTime() - now.getTime();
  const words = left > 0 ? `in ${formatDuration(left)}` : 'over';
  return [
    field('Next step', record.dueAt === null ? 'under way' : formatInstant(record.dueAt)),
    field('Deadline', `${formatInstant(deadline)}, ${words}`),
  ];
}

function inquiryLines({ inquiry, unconfirmed }: TaskRecord): string[] {
  const { at, stage, problem } = inquiry;
  const asked = at === null ? [] : [field('Asked', `${formatInstant(at)}: ${problem ?? stage ?? 'nothing new'}`)];
  return unconfirmed === null ? asked : [...asked, field('Unconfirmed', unconfirmed)];
}

function trackWords({ trackId, title, durationSeconds, model }: Track): string {
  const words = [title ?? 'without a title', durationSeconds && `${Math.round(durationSeconds)} s`, model, trackId];
  return words.filter(Boolean).join(', ');
}

function assetLines(asset: Asset, tracks: readonly Track[]): string[] {
  const { kind, name, trackId, state, bytes, key, suspect, damagedAt, attempts, nextDueAt } = asset;
  const title = tracks.find((track) => track.trackId === trackId)?.title;
  const head = [kind.padEnd(7), state.padEnd(12), bytes === null ? '' : formatBytes(bytes), name || (title ?? '')];
  const last = attempts.at(-1);
  return [
    head.filter((word) => word !== '').join('  '),
    ...(key === null ? [] : [`  ${key}`]),
    ...(suspect === null ? [] : [`  suspect: ${suspect}`]),
    ...(damagedAt !== null && isDamaged(asset)
      ? [`  was stored, and found missing or damaged ${formatInstant(damagedAt)}`]
      : []),
    ...(last === undefined || state === 'stored'
      ? []
      : [
          `  ${attempts.length} failed ${attempts.length === 1 ? 'attempt' : 'attempts'}, the last ${formatInstant(last.at)}: ${last.code}, ${last.detail}`,
        ]),
    ...(state === 'open' && nextDueAt !== null ? [`  tried again ${formatInstant(nextDueAt)}`] : []),
  ];
}
