// What becomes of an asset after a round over its sources. Pure; the verdicts themselves are in domain/errors.ts.
import { type TransferCode, type TransferError, type Verdict, verdicts } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Asset } from '../domain/record.ts';
import { retryDelayMs } from '../domain/schedule.ts';
import type { Transferred } from '../ports.ts';

export type Try = { url: string; result: Transferred | TransferError };

export type Round = {
  at: Date;
  tries: readonly Try[];
  /** More of the file has come: running out of time was no failure. */
  hasProgressed: boolean;
  /** The links were told of just now, and may not serve yet. */
  isNew: boolean;
  /** What the callback says of the file's length; it tells later whether `complete` means other bytes. */
  durationSeconds: number | null;
  /** Whether the provider can be asked for fresh links. */
  canAsk: boolean;
  /** A random number from 0 to 1. */
  jitter: number;
};

/** On a link that is new this may only mean "not yet". */
export const maybeNotYet: Verdict = 'refresh';
/** This link will not do; another may. */
const lasting: readonly Verdict[] = ['refresh', 'next-source'];
const passing: readonly Verdict[] = ['at-once', 'retry', 'go-on', 'start-over', 'quarantine'];
/** The time was up. */
const outOfTime: readonly TransferCode[] = ['unfinished', 'out_of_time'];

const inQuarantine = { code: 'unknown_media' satisfies TransferCode, detail: 'what came was put into quarantine' };

export function applyAttempts(asset: Asset, round: Round): Asset {
  const { at, tries, durationSeconds } = round;
  // What goes on at once is no attempt: nothing failed there. The links that failed before it are remembered, so that they
  // are not tried before it again.
  const isInTime = at.toISOString() < asset.deadline;
  const goesOn = isInTime && round.hasProgressed && codesOf(tries).some((code) => outOfTime.includes(code));
  const failed = tries.flatMap(({ url, result }) => {
    if (!(result instanceof Error)) return goesOn ? [{ source: url, ...inQuarantine }] : [];
    const { code, message } = result;
    return goesOn && outOfTime.includes(code) ? [] : [{ source: url, code, detail: message.slice(0, 500) }];
  });
  const attempts = [...asset.attempts, ...failed.map((attempt) => ({ at: at.toISOString(), ...attempt }))].slice(
    -limits.attemptsKept,
  );
  const seen = { ...asset, attempts, durationSeconds, nextDueAt: null, progress: null };
  const arrived = tries.flatMap(({ result }) => (result instanceof Error ? [] : [result]));

  const stored = arrived.find(({ state }) => state === 'stored');
  if (stored !== undefined) return { ...seen, ...stored };
  if (goesOn) return { ...asset, attempts, nextDueAt: at.toISOString() };
  const nextDueAt = nextTry(asset, attempts, round);
  if (nextDueAt !== null) return { ...asset, attempts, nextDueAt };
  const [quarantined] = arrived;
  // Until something better comes.
  const kept =
    quarantined !== undefined && !isProvisional(asset) ? { ...seen, ...quarantined, state: asset.state } : seen;
  return mayBeRefreshed(asset, round) ? { ...kept, wantsLinks: true } : closed(kept);
}

/** Given up, and why, unless its last attempt says so. */
export function closed(asset: Asset, why?: { at: Date; code: string; detail: string }): Asset {
  const reason = why === undefined ? [] : [{ ...why, at: why.at.toISOString(), source: '' }];
  const attempts = [...asset.attempts, ...reason].slice(-limits.attemptsKept);
  const end = { ...asset, attempts, nextDueAt: null, progress: null, wantsLinks: false };
  // A provisional file that could not be replaced is better than none.
  if (isProvisional(asset)) return { ...end, state: 'stored' };
  // What an earlier round put into quarantine is still there.
  return { ...end, state: asset.key === null ? 'failed' : 'quarantined' };
}

function isProvisional({ key }: Asset): boolean {
  return key?.startsWith('library/') ?? false;
}

function mayBeRefreshed(asset: Asset, { canAsk, tries }: Round): boolean {
  const isLasting = codesOf(tries).some((code) => lasting.includes(verdicts[code]));
  return canAsk && isLasting && asset.refreshes < limits.refreshes;
}

/** When a passing failure is tried again, or null where there is none, or no time left before the deadline. */
function nextTry(asset: Asset, attempts: Asset['attempts'], round: Round): string | null {
  const { at, tries, isNew, jitter } = round;
  const isPassing = (verdict: Verdict) => passing.includes(verdict) || (isNew && verdict === maybeNotYet);
  if (!codesOf(tries).some((code) => isPassing(verdicts[code]))) return null;
  // Since more of the file has come, if any: progress begins the patience anew. What went into quarantine is none.
  const hasArrived = tries.some(({ result }) => !(result instanceof Error));
  const since = hasArrived ? '' : (asset.progress?.at ?? '');
  const rounds = new Set(attempts.map((attempt) => attempt.at).filter((attemptedAt) => attemptedAt > since)).size;
  const due = at.getTime() + retryDelayMs(rounds, jitter, longestWait(tries));
  const last = Date.parse(asset.deadline) - limits.lastTryMs;
  if (at.getTime() >= last) return null;
  return new Date(Math.min(due, last)).toISOString();
}

/** How long the hosts want to be left alone. */
function longestWait(tries: readonly Try[]): number {
  const waits = tries.flatMap(({ result }) => (result instanceof Error ? [result.retryAfterMs ?? 0] : []));
  return Math.max(0, ...waits);
}

function codesOf(tries: readonly Try[]): TransferCode[] {
  return tries.flatMap(({ result }) => (result instanceof Error ? [result.code] : []));
}
