// What becomes of an asset after a round of attempts, and of a task at its deadline. Pure; the verdict on each error is
// in domain/errors.ts.
import { type TransferCode, type TransferError, type TransferVerdict, verdicts } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Asset, Failure, TaskRecord } from '../domain/record.ts';
import { retryDelayMs } from '../domain/schedule.ts';
import { awaitsLastCallback, deadlineOf, deriveStatus } from '../domain/task-state.ts';
import { type ArchiverPolicy, isWaitingForLinks } from './allowed-sources.ts';
import type { Transferred } from './transfer/context.ts';

export type SourceAttempt = { url: string; result: Transferred | TransferError };

/** One attempt at each source that was tried. */
export type AttemptRound = {
  at: Date;
  attempts: readonly SourceAttempt[];
  /** More of the file has arrived: running out of time was no failure. */
  hasProgressed: boolean;
  /** The links are new and may not work yet. */
  isNew: boolean;
  /** As the callback says. Kept with the file, to see later whether `complete` means other bytes. */
  durationSeconds: number | null;
  /** Whether the provider can be polled for fresh links. */
  canAsk: boolean;
  /** A random number from 0 to 1. */
  jitter: number;
};

/** For a new link this verdict may only mean "not yet". */
export const maybeNotYet: TransferVerdict = 'refresh';
/** This link will not work; another one may. */
const lasting: readonly TransferVerdict[] = ['refresh', 'next-source'];
const temporary: readonly TransferVerdict[] = ['at-once', 'retry', 'resume', 'start-over', 'quarantine'];
const outOfTime: readonly TransferCode[] = ['unfinished', 'out_of_time'];

const inQuarantine = { code: 'unknown_media' satisfies TransferCode, detail: 'the file was put into quarantine' };

/**
 * The asset is stored, resumed at once, tried again later, waits for fresh links, or is closed: the first that applies.
 */
export function applyAttempts(asset: Asset, round: AttemptRound): Asset {
  const { at, durationSeconds } = round;
  const isInTime = at.toISOString() < asset.deadline;
  const resumes = isInTime && round.hasProgressed && codesOf(round).some((code) => outOfTime.includes(code));
  const attempts = [...asset.attempts, ...failedAttempts(round, resumes)].slice(-limits.attemptsKept);
  const arrived = round.attempts.flatMap(({ result }) => (result instanceof Error ? [] : [result]));
  const ended = { ...asset, attempts, durationSeconds, nextDueAt: null, progress: null };

  const stored = arrived.find(({ state }) => state === 'stored');
  if (stored !== undefined) return { ...ended, ...stored };
  if (resumes) return { ...asset, attempts, nextDueAt: at.toISOString() };
  const nextDueAt = nextAttemptAt(asset, attempts, round);
  if (nextDueAt !== null) return { ...asset, attempts, nextDueAt };
  const [quarantined] = arrived;
  // The file in quarantine is kept until a better one arrives.
  const kept =
    quarantined !== undefined && !isProvisional(asset) ? { ...ended, ...quarantined, state: asset.state } : ended;
  return mayBeRefreshed(asset, round) ? { ...kept, wantsLinks: true } : closed(kept);
}

/**
 * What the record remembers. A transfer that resumes at once has not failed; links that failed before it are
 * remembered, so that they are not tried before it again.
 */
function failedAttempts({ at, attempts }: AttemptRound, resumes: boolean): Asset['attempts'] {
  return attempts.flatMap(({ url, result }) => {
    const attempt = { at: at.toISOString(), source: url };
    if (!(result instanceof Error)) return resumes ? [{ ...attempt, ...inQuarantine }] : [];
    const { code, message } = result;
    return resumes && outOfTime.includes(code) ? [] : [{ ...attempt, code, detail: message.slice(0, 500) }];
  });
}

/** Closes an asset. `why`: unless its last attempt already gives the reason. */
export function closed(asset: Asset, why?: { at: Date; code: string; detail: string }): Asset {
  const reason = why === undefined ? [] : [{ ...why, at: why.at.toISOString(), source: '' }];
  const attempts = [...asset.attempts, ...reason].slice(-limits.attemptsKept);
  const end = { ...asset, attempts, nextDueAt: null, progress: null, wantsLinks: false };
  // A provisional file that could not be replaced is better than none.
  if (isProvisional(asset)) return { ...end, state: 'stored' };
  // A file that an earlier round put into quarantine still exists.
  return { ...end, state: asset.key === null ? 'failed' : 'quarantined' };
}

function isProvisional({ key }: Asset): boolean {
  return key?.startsWith('library/') ?? false;
}

function mayBeRefreshed(asset: Asset, round: AttemptRound): boolean {
  const isLasting = codesOf(round).some((code) => lasting.includes(verdicts[code]));
  return round.canAsk && isLasting && asset.refreshes < limits.refreshes;
}

/** When to retry after a temporary failure. Null: there was none, or no time is left before the deadline. */
function nextAttemptAt(asset: Asset, attempts: Asset['attempts'], round: AttemptRound): string | null {
  const { at, isNew, jitter } = round;
  const isTemporary = (verdict: TransferVerdict) => temporary.includes(verdict) || (isNew && verdict === maybeNotYet);
  if (!codesOf(round).some((code) => isTemporary(verdicts[code]))) return null;
  // Count only attempts since the last progress; progress resets the backoff. A file in quarantine is no progress.
  const hasArrived = round.attempts.some(({ result }) => !(result instanceof Error));
  const since = hasArrived ? '' : (asset.progress?.at ?? '');
  const rounds = new Set(attempts.map((attempt) => attempt.at).filter((attemptedAt) => attemptedAt > since)).size;
  const due = at.getTime() + retryDelayMs(rounds, jitter, longestRetryAfterMs(round));
  const last = Date.parse(asset.deadline) - limits.lastTryMs;
  if (at.getTime() >= last) return null;
  return new Date(Math.min(due, last)).toISOString();
}

function longestRetryAfterMs({ attempts }: AttemptRound): number {
  const waits = attempts.flatMap(({ result }) => (result instanceof Error ? [result.retryAfterMs ?? 0] : []));
  return Math.max(0, ...waits);
}

function codesOf({ attempts }: AttemptRound): TransferCode[] {
  return attempts.flatMap(({ result }) => (result instanceof Error ? [result.code] : []));
}

const noLinks = { code: 'no_fresh_link', detail: 'the links are dead, and the provider named no others in time' };

/**
 * At the deadline, closes the assets that cannot get new links, and a task without a final callback. Shortly before,
 * accepts unconfirmed links.
 */
export function closeOverdue(record: TaskRecord, policy: ArchiverPolicy, now: Date): TaskRecord {
  const leftMs = deadlineOf(record).getTime() - now.getTime();
  const current = leftMs <= limits.riskMs[0] ? acceptUnconfirmed(record, policy) : record;
  if (leftMs > 0) return current;
  const assets = current.assets.map((asset) =>
    isWaitingForLinks(asset, current, policy) ? closed(asset, { at: now, ...noLinks }) : asset,
  );
  const failure = awaitsLastCallback(current) ? missing(current) : current.failure;
  return deriveStatus({ ...current, assets, failure });
}

/** While links live, unconfirmed ones are better than none. */
function acceptUnconfirmed(record: TaskRecord, policy: ArchiverPolicy): TaskRecord {
  const { assets, inquiry } = record;
  const lacksConfirmation = assets.some((asset) => !asset.wantsLinks && isWaitingForLinks(asset, record, policy));
  if (!lacksConfirmation) return record;
  const reason = inquiry.problem ?? 'it reported no result';
  return { ...record, unconfirmed: `the provider did not confirm in time: ${reason}` };
}

function missing({ stages, inquiry }: TaskRecord): Failure {
  const heard =
    stages.length === 0 ? 'No callback arrived' : `Only ${stages.map(({ stage }) => stage).join(', ')} arrived`;
  const asked = inquiry.at === null ? 'and the provider was not polled' : 'and the provider reported no result';
  return {
    code: null,
    outcome: 'missing',
    msg: [`${heard}, ${asked}.`, inquiry.problem].filter(Boolean).join(' '),
    advice:
      'Look the task up at the provider. If it was done, its audio can be made available again there: `trackkeeper recover`.',
  };
}
