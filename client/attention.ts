// Why a task needs its owner's attention, from its record alone. Pure and independent of the time; the caller
// computes the remaining hours.
import { limits } from '../functions/domain/limits.ts';
import type { TaskRecord } from '../functions/domain/record.ts';
import { deadlineOf, isOpen } from '../functions/domain/task-state.ts';

/** When an open task is first announced as at risk: early enough for a person to act, even over a weekend. */
export const riskHours = limits.riskMs[0] / 3_600_000;

export type AttentionReason =
  | { what: 'open'; reason: string | null; dueAt: string | null; deadline: string }
  | { what: 'failed'; reason: string; advice: string; at: string };

/** Undefined if nothing is wrong. */
export function attentionReasonOf(record: TaskRecord): AttentionReason | undefined {
  const { dueAt, failure } = record;
  if (isOpen(record)) {
    return { what: 'open', reason: reasonOf(record), dueAt, deadline: deadlineOf(record).toISOString() };
  }
  if (failure === null) return undefined;
  return { what: 'failed', reason: failure.msg, advice: failure.advice, at: lastSeen(record) };
}

/**
 * Why a file is missing (open files first), why the provider says that the task failed, or why it could not be
 * polled.
 */
function reasonOf({ assets, failure, inquiry }: TaskRecord): string | null {
  const open = assets.filter(({ state }) => state === 'open');
  const lost = assets.filter(({ state }) => state === 'failed' || state === 'quarantined');
  const detail = [...open, ...lost].map(({ attempts }) => attempts.at(-1)?.detail).find(Boolean);
  return detail ?? failure?.msg ?? inquiry.problem;
}

function lastSeen({ stages, firstSeenAt }: TaskRecord): string {
  const times = stages.map((seen) => seen.at).sort();
  return times.at(-1) ?? firstSeenAt;
}

export function taskTitleOf({ tracks }: TaskRecord): string | null {
  return tracks.map(({ title }) => title).find(Boolean) ?? null;
}
