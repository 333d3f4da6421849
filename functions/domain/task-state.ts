// The state of a task: its status, failure and deadlines, as they follow from the other fields of its record. Pure.
import { limits } from './limits.ts';
import type { Asset, Failure, TaskRecord } from './record.ts';

/** Something may still happen to the task by itself. */
export function isOpen({ status }: Pick<TaskRecord, 'status'>): boolean {
  return status === 'waiting' || status === 'archiving';
}

/** When the links of a task that was first seen then are assumed to be dead. */
export function deadlineOf({ firstSeenAt }: Pick<TaskRecord, 'firstSeenAt'>): Date {
  return new Date(Date.parse(firstSeenAt) + limits.linkLifetimeMs);
}

/** Neither a `complete` nor an `error` callback has arrived, nor has the task been closed without one. */
export function awaitsLastCallback({ stages, failure }: Pick<TaskRecord, 'stages' | 'failure'>): boolean {
  return !isComplete({ stages }) && (failure === null || failure.outcome === filesMissing);
}

/** Something can still be lost at the deadline: a file that is open, or files that no callback has named yet. */
export function awaitsFiles(record: TaskRecord): boolean {
  return awaitsLastCallback(record) || record.assets.some(({ state }) => state === 'open');
}

/** Sets the deadline and reopens outdated files, then derives `failure` and `status`. Idempotent. */
export function deriveStatus(record: TaskRecord): TaskRecord {
  const deadline = deadlineOf(record).toISOString();
  const durations = new Map(record.tracks.map((track) => [track.trackId, track.durationSeconds]));
  const assets = record.assets.map((asset) => ({
    ...reopenProvisional(asset, durations.get(asset.trackId ?? '') ?? null),
    deadline,
  }));
  const failure = failureOf({ ...record, assets });
  const status = statusOf({ ...record, assets, failure });
  // Without an open file no invocation has work, so the write that closes the last file also ends the claim.
  return { ...record, assets, failure, status, claim: status === 'archiving' ? record.claim : null };
}

/**
 * A record with the status that this version would have written. Up to version 0.1 a task was `failed` as soon as it
 * had lost a file, even before its final callback.
 */
export function withCurrentStatus(record: TaskRecord): TaskRecord {
  if (record.status !== 'failed' || record.failure === null) return record;
  const current = deriveStatus(record);
  return current.status === 'failed' ? record : current;
}

/** Seconds. Encoders pad and callbacks round; a provisional track differs from the final one by far more. */
const sameDuration = 1;

/**
 * A song stored from `first` stays if its length agrees with `complete`; otherwise it is fetched again and replaced.
 */
function reopenProvisional(asset: Asset, durationSeconds: number | null): Asset {
  if (asset.state !== 'stored' || asset.kind !== 'audio') return asset;
  if (durationSeconds === null || asset.durationSeconds === null) return asset;
  const agrees = Math.abs(durationSeconds - asset.durationSeconds) <= sameDuration;
  return agrees ? asset : { ...asset, state: 'open', nextDueAt: null };
}

/** The one failure that is derived from the files. All others come from the provider, or from its silence. */
const filesMissing = 'files_missing';

/**
 * Of a complete task, only its files count. Before that, a lost file is no failure yet: `complete` may name a new link.
 */
function failureOf(record: TaskRecord): Failure | null {
  if (isComplete(record)) return lostFiles(record.assets);
  return record.failure?.outcome === filesMissing ? null : record.failure;
}

function lostFiles(assets: readonly Asset[]): Failure | null {
  const lost = assets.filter(({ state }) => state === 'failed' || state === 'quarantined');
  if (lost.length === 0 || assets.some(({ state }) => state === 'open')) return null;
  const reasons = lost.map(({ kind, name, trackId, state, attempts }) => {
    const reason = state === 'quarantined' ? 'in quarantine' : (attempts.at(-1)?.detail ?? 'no reason recorded');
    return `${[kind, name || trackId].filter(Boolean).join(' ')}: ${reason}`;
  });
  return {
    code: null,
    outcome: filesMissing,
    msg: `${lost.length} of ${assets.length} files are not in the library. ${reasons.join('; ')}`.slice(0, 1000),
    advice: 'See why with `npx trackkeeper status <taskId>`; `retry` tries it again, while the provider has it.',
  };
}

/** `failed` only when nothing more will happen: no open file, no final callback to wait for, no next step. */
function statusOf(record: TaskRecord): TaskRecord['status'] {
  if (record.assets.some(({ state }) => state === 'open')) return 'archiving';
  if (awaitsLastCallback(record)) return 'waiting';
  if (record.failure === null) return 'archived';
  return record.dueAt === null ? 'failed' : 'waiting';
}

function isComplete({ stages }: Pick<TaskRecord, 'stages'>): boolean {
  return stages.some(({ stage }) => stage === 'complete');
}
