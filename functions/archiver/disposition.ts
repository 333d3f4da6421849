// What becomes of an asset after a round over its sources. Pure; the verdicts themselves are in domain/errors.ts.
import { type TransferCode, type TransferError, verdicts } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Asset } from '../domain/record.ts';
import { retryDelayMs } from '../domain/schedule.ts';
import type { Transferred } from '../ports.ts';

export type Try = { url: string; result: Transferred | TransferError };

export type Round = {
  at: Date;
  tries: readonly Try[];
  /** How long the task has been known: a link may not serve yet. */
  firstSeenAt: string;
  /** What the callback says of the file's length; it tells later whether `complete` means other bytes. */
  durationSeconds: number | null;
};

/** Codes that may only mean "not yet" on a link that is new. */
const maybeNotYet: readonly TransferCode[] = ['not_found', 'forbidden'];

export function afterRound(asset: Asset, round: Round): Asset {
  const { at, tries, durationSeconds } = round;
  const failures = tries.flatMap(({ url, result }) =>
    result instanceof Error
      ? [{ at: at.toISOString(), source: url, code: result.code, detail: result.message.slice(0, 500) }]
      : [],
  );
  const attempts = [...asset.attempts, ...failures].slice(-limits.attemptsKept);
  const seen = { ...asset, attempts, durationSeconds, nextDueAt: null };
  const arrived = tries.flatMap(({ result }) => (result instanceof Error ? [] : [result]));

  const stored = arrived.find(({ state }) => state === 'stored');
  if (stored !== undefined) return { ...seen, ...stored };
  const nextDueAt = nextTry(asset, attempts, round);
  if (nextDueAt !== null) return { ...asset, attempts, nextDueAt };
  // A provisional file that could not be replaced is better than none.
  if (asset.key?.startsWith('library/')) return { ...seen, state: 'stored' };
  const [quarantined] = arrived;
  if (quarantined !== undefined) return { ...seen, ...quarantined };
  // What an earlier round put into quarantine is still there.
  return { ...seen, state: asset.key === null ? 'failed' : 'quarantined' };
}

/** When a passing failure is tried again, or null where there is none, or no time left before the deadline. */
function nextTry(asset: Asset, attempts: Asset['attempts'], { at, tries, firstSeenAt }: Round): string | null {
  const isNew = at.getTime() - Date.parse(firstSeenAt) < limits.newLinkMs;
  const codes = tries.flatMap(({ result }) => (result instanceof Error ? [result.code] : []));
  if (!codes.some((code) => verdicts[code] === 'retry' || (isNew && maybeNotYet.includes(code)))) return null;
  const rounds = new Set(attempts.map((attempt) => attempt.at)).size;
  const due = new Date(at.getTime() + retryDelayMs(rounds)).toISOString();
  return due < asset.deadline ? due : null;
}
