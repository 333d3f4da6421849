// Why a task needs its owner's attention, from its record alone. Pure and independent of the time; the caller
// computes the remaining hours.
import { limits } from '../functions/domain/limits.ts';
import type { TaskRecord } from '../functions/domain/record.ts';
import { deadlineOf, isOpen, openEssentials } from '../functions/domain/task-state.ts';

/** When an open task is first announced as at risk: early enough for a person to act, even over a weekend. */
export const riskHours = limits.riskMs[0] / 3_600_000;

export type AttentionReason =
  /** `refusedSince`: since when no source of an essential file has worked. */
  | { what: 'open'; reason: string | null; dueAt: string | null; deadline: string; refusedSince: string | null }
  /** `isProviders`: the provider said so, and no file is known: only the provider can bring one. */
  | { what: 'failed'; reason: string; advice: string; at: string; isProviders: boolean }
  | { what: 'suspect'; reason: string };

/** Undefined if nothing is wrong. */
export function attentionReasonOf(record: TaskRecord): AttentionReason | undefined {
  const { dueAt, failure, dismissedAt } = record;
  if (dismissedAt !== null) return undefined;
  if (isOpen(record)) {
    const deadline = deadlineOf(record).toISOString();
    return { what: 'open', reason: reasonOf(record), dueAt, deadline, refusedSince: refusedSince(record) };
  }
  const suspect = record.assets.map((asset) => asset.suspect).find((reason) => reason !== null);
  if (failure === null) return suspect === undefined ? undefined : { what: 'suspect', reason: suspect ?? '' };
  const isProviders = failure.code !== null && record.assets.every(({ state }) => state === 'stored');
  return { what: 'failed', reason: failure.msg, advice: failure.advice, at: lastSeen(record), isProviders };
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

function refusedSince(record: TaskRecord): string | null {
  const times = openEssentials(record).flatMap(({ failingSince }) => failingSince ?? []);
  return times.sort()[0] ?? null;
}

/** Its links expire soon, or every one of them has refused an essential file for hours. */
export function isAtRisk({ deadline, refusedSince }: AttentionReason & { what: 'open' }, now: Date): boolean {
  const isNear = Date.parse(deadline) - now.getTime() <= limits.riskMs[0];
  return isNear || (refusedSince !== null && now.getTime() - Date.parse(refusedSince) >= limits.refusedMs);
}

function lastSeen({ stages, firstSeenAt }: TaskRecord): string {
  const times = stages.map((seen) => seen.at).sort();
  return times.at(-1) ?? firstSeenAt;
}

export function taskTitleOf({ tracks }: TaskRecord): string | null {
  return tracks.map(({ title }) => title).find(Boolean) ?? null;
}
