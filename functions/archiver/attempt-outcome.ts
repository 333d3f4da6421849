// What becomes of an asset after a round of attempts, and of a task at its deadline. Pure; what follows from each error
// is in domain/errors.ts.
import { ruleOf, type TransferCode, TransferError } from '../domain/errors.ts';
import { sha256 } from '../domain/file-name.ts';
import { limits } from '../domain/limits.ts';
import { linkExpiry } from '../domain/link-expiry.ts';
import type { Asset, Failure, TaskRecord } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import { retryDelayMs } from '../domain/schedule.ts';
import { awaitsLastCallback, deadlineOf, deriveStatus } from '../domain/task-state.ts';
import { type ArchiverPolicy, allowedSources, sourcesToTry, wantsFreshLink } from './allowed-sources.ts';
import type { Transferred } from './transfer/context.ts';

export type SourceAttempt = { url: string; result: Transferred | TransferError };

/** One attempt at each source that was tried. */
export type AttemptRound = {
  at: Date;
  attempts: readonly SourceAttempt[];
  /** More of the file has arrived: running out of time was no failure. */
  hasProgressed: boolean;
  /** As the callback says. Kept with the file, to see later whether `complete` means other bytes. */
  durationSeconds: number | null;
  /** A random number from 0 to 1. */
  jitter: number;
  /** The number of files of the task: the record of a task with many files keeps fewer attempts of each. */
  files: number;
};

const inQuarantine = { code: 'unknown_media' satisfies TransferCode, detail: 'the file was put into quarantine' };

/**
 * The asset is stored, resumed at once, or tried again later: the first that applies. No answer of a host closes it.
 */
export function applyAttempts(asset: Asset, round: AttemptRound): Asset {
  const { at, durationSeconds, hasProgressed } = round;
  const codes = codesOf(round);
  const resumes = hasProgressed && codes.some((code) => code === 'unfinished' || code === 'out_of_time');
  const mostKept = Math.max(2, Math.min(limits.attemptsKept, Math.floor(limits.attemptsPerTask / round.files)));
  const attempts = [...asset.attempts, ...failedAttempts(asset, round, resumes)].slice(-mostKept);
  const arrived = round.attempts.flatMap(({ result }) => (result instanceof Error ? [] : [result]));

  const stored = arrived.find(({ state }) => state === 'stored');
  if (stored !== undefined) {
    const ended = { ...asset, attempts, durationSeconds, progress: null, wantsLinks: false, failingSince: null };
    return withRecheck({ ...ended, ...stored, rounds: 0 }, at);
  }
  const isSourcesFault = arrived.length > 0 || codes.some((code) => ruleOf(code).triesNextSource);
  if (asset.state === 'stored' && isSourcesFault) {
    return withRecheck({ ...asset, attempts, progress: null, rechecks: asset.rechecks + 1 }, at);
  }
  if (resumes) return { ...asset, attempts, nextDueAt: at.toISOString(), rounds: 0, failingSince: null };

  // Progress resets the delay, and faults of our own side do not make it long.
  const before = hasProgressed ? 0 : asset.rounds;
  const rounds = isSourcesFault ? before + 1 : Math.max(before, Math.min(before + 1, maxOwnRounds));
  const [quarantined] = arrived;
  return {
    ...asset,
    // The file in quarantine is kept until a better one arrives.
    ...(quarantined !== undefined && !isProvisional(asset) && { ...quarantined, state: 'open', durationSeconds }),
    // Its upload is complete.
    ...(quarantined !== undefined && { progress: null }),
    ...(codes.includes('key_taken') && { path: otherPath(asset, at) }),
    attempts,
    rounds,
    failingSince: hasProgressed || !isSourcesFault ? asset.failingSince : (asset.failingSince ?? at.toISOString()),
    wantsLinks: asset.wantsLinks || arrived.length > 0 || codes.some((code) => ruleOf(code).pollsForLinks),
    nextDueAt: nextAttemptAt(asset, rounds, round),
  };
}

/**
 * What the record remembers. A transfer that resumes at once has not failed; links that failed before it are
 * remembered, so that they are not tried before it again.
 */
function failedAttempts(asset: Asset, { at, attempts }: AttemptRound, resumes: boolean): Asset['attempts'] {
  const last = asset.attempts.at(-1)?.code;
  return attempts.flatMap(({ url, result }) => {
    const attempt = { at: at.toISOString(), source: url };
    if (!(result instanceof Error)) return result.state === 'stored' ? [] : [{ ...attempt, ...inQuarantine }];
    const { code, message } = result;
    const isOwn = !ruleOf(code).triesNextSource;
    // An outage of our own must not push what hosts answered out of the list.
    return isOwn && (resumes || code === last) ? [] : [{ ...attempt, code, detail: message.slice(0, 500) }];
  });
}

/** Our own side is tried again every half hour at the latest. */
const maxOwnRounds = 3;

/** A suspect file is fetched again a few times, while its link may still live. */
function withRecheck(asset: Asset, at: Date): Asset {
  const delayMs = limits.recheckDelaysMs[asset.rechecks];
  const isOver = asset.suspect === null || delayMs === undefined;
  return { ...asset, nextDueAt: isOver ? null : new Date(at.getTime() + delayMs).toISOString() };
}

/** Ids are shortened in paths, so another asset may own the key. */
function otherPath(asset: Asset, at: Date): string {
  return `${asset.path}-${sha256(assetId(asset) + at.toISOString()).slice(0, 8)}`;
}

/** By schedule, or as late as the host asks; before a link expires, and a last time at the deadline. */
function nextAttemptAt(asset: Asset, rounds: number, { at, attempts, jitter }: AttemptRound): string {
  const waits = attempts.flatMap(({ result }) => (result instanceof Error ? [result.retryAfterMs ?? 0] : []));
  const due = at.getTime() + retryDelayMs(rounds, jitter, Math.max(0, ...waits));
  const limitsOfTime = [Date.parse(asset.deadline), ...asset.sources.map(({ url }) => lastTryOf(url))];
  const soonest = limitsOfTime.filter((limit) => limit > at.getTime());
  return new Date(Math.min(due, ...soonest)).toISOString();
}

const minuteMs = 60_000;

function lastTryOf(url: string): number {
  return (linkExpiry(url)?.getTime() ?? 0) - minuteMs;
}

function codesOf({ attempts }: AttemptRound): TransferCode[] {
  return attempts.flatMap(({ result }) => (result instanceof TransferError ? [result.code] : []));
}

function isProvisional({ key }: Asset): boolean {
  return key?.startsWith('library/') ?? false;
}

const provisional = 'it is the provisional file: the final one could not be fetched';

/** Closes an asset. `why`: unless its last attempt already gives the reason. */
export function closed(asset: Asset, why?: { at: Date; code: string; detail: string }): Asset {
  const reason = why === undefined ? [] : [{ ...why, at: why.at.toISOString(), source: '' }];
  const attempts = [...asset.attempts, ...reason].slice(-limits.attemptsKept);
  const end = { ...asset, attempts, nextDueAt: null, progress: null, wantsLinks: false };
  // A provisional file that could not be replaced is better than none.
  if (isProvisional(asset)) return { ...end, state: 'stored', durationSeconds: null, suspect: provisional };
  // A file that an earlier round put into quarantine still exists.
  return { ...end, state: asset.key === null ? 'failed' : 'quarantined' };
}

const noLink = { code: 'no_link', detail: 'no link to this file arrived in time' };

/**
 * Closes what the provider says does not exist and, at the deadline, what has had its last attempt, and a task without
 * a final callback. Shortly before the deadline, accepts unconfirmed links.
 */
export function closeOverdue(record: TaskRecord, policy: ArchiverPolicy, now: Date): TaskRecord {
  const deadline = deadlineOf(record);
  const leftMs = deadline.getTime() - now.getTime();
  const current = leftMs <= limits.riskMs[0] ? acceptUnconfirmed(record, policy) : record;
  const assets = current.assets.map((asset) => {
    if (asset.state !== 'open') return asset;
    const canBeTried = asset.kind === 'lyrics' || sourcesToTry(asset, current, policy, now).length > 0;
    const tried = asset.attempts.findLast(({ code }) => code !== 'out_of_time' && code !== 'store_unavailable');
    const isRefused = asset.reason !== null && asset.sources.length === 0 && (!canBeTried || tried !== undefined);
    if (isRefused) return closed(asset, { at: now, code: 'provider_error', detail: asset.reason ?? '' });
    if (leftMs > 0) return asset;
    const isResumed = asset.progress !== null && asset.rounds === 0;
    const hadLastTry = (tried?.at ?? '') >= deadline.toISOString() && !isResumed;
    const isOver = hadLastTry || !canBeTried || -leftMs >= limits.overtimeMs;
    return isOver ? closed(asset, asset.attempts.length === 0 ? { at: now, ...noLink } : undefined) : asset;
  });
  const failure = leftMs <= 0 && awaitsLastCallback(current) ? missing(current) : current.failure;
  return deriveStatus({ ...current, assets, failure });
}

/** While links live, unconfirmed ones are better than none. */
function acceptUnconfirmed(record: TaskRecord, policy: ArchiverPolicy): TaskRecord {
  const lacksConfirmation = record.assets.some(
    (asset) =>
      wantsFreshLink(asset, record, policy) &&
      asset.sources.length > 0 &&
      allowedSources(asset, record, policy).length === 0,
  );
  if (!policy.confirm || record.unconfirmed !== null || !lacksConfirmation) return record;
  const reason = record.inquiry.problem ?? 'it reported no result';
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
