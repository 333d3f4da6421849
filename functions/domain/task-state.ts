// The state of a task: its status, failure and deadlines, as they follow from the other fields of its record. Pure.
import { limits } from './limits.ts';
import type { Asset, AssetKind, Failure, TaskRecord } from './record.ts';

/** Something may still happen to the task by itself. */
export function isOpen({ status }: Pick<TaskRecord, 'status'>): boolean {
  return status === 'waiting' || status === 'archiving';
}

/** When the links are assumed to be dead, or until when the owner wants to try nevertheless. */
export function deadlineOf({ firstSeenAt, extendedTo }: Pick<TaskRecord, 'firstSeenAt' | 'extendedTo'>): Date {
  const usual = Date.parse(firstSeenAt) + limits.linkLifetimeMs;
  return new Date(extendedTo === null ? usual : Math.max(usual, Date.parse(extendedTo)));
}

/** Neither a `complete` nor an `error` callback has arrived, nor has the task been closed without one. */
export function awaitsLastCallback({ stages, failure }: Pick<TaskRecord, 'stages' | 'failure'>): boolean {
  return !isComplete({ stages }) && (failure === null || failure.outcome === filesMissing);
}

/** Files are open, or no callback has named them yet. */
export function awaitsFiles(record: TaskRecord): boolean {
  if (record.dismissedAt !== null) return false;
  return awaitsLastCallback(record) || record.assets.some(({ state }) => state === 'open');
}

/** Something that the owner paid for can still be lost at the deadline. */
export function isAtStake(record: TaskRecord): boolean {
  return awaitsFiles(record) && (awaitsLastCallback(record) || openEssentials(record).length > 0);
}

export function openEssentials(record: TaskRecord): Asset[] {
  return essentialAssets(record).filter(({ state }) => state === 'open');
}

/** The final callback has arrived, and every essential file is stored. */
export function isMediaReady(record: TaskRecord): boolean {
  return isComplete(record) && essentialAssets(record).every(({ state }) => state === 'stored');
}

const essentialKinds: readonly AssetKind[] = ['audio', 'video', 'stem', 'wav'];

/** What the task makes: audio, video and stems; images and texts only in a task that makes nothing else. */
export function essentialAssets({ assets }: Pick<TaskRecord, 'assets'>): Asset[] {
  const essential = assets.filter(({ kind }) => essentialKinds.includes(kind));
  return essential.length > 0 ? essential : [...assets];
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
  const missing = failure === null ? missingFiles({ ...record, assets }) : [];
  const status = statusOf({ ...record, assets, failure });
  // Without an open file no invocation has work, so the write that closes the last file also ends the claim.
  const hasWork =
    status === 'archiving' || assets.some(({ suspect, nextDueAt }) => suspect !== null && nextDueAt !== null);
  return { ...record, assets, failure, missing, status, claim: hasWork ? record.claim : null };
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

/** The failures that are derived from the record. All others come from the provider, or from its silence. */
const filesMissing = 'files_missing';

const dismissed: Failure = {
  code: null,
  outcome: 'dismissed',
  msg: 'The owner dismissed this task: what it lacks is not tried any more.',
  advice: 'Nothing to do. `npx trackkeeper dismiss --undo <taskId>` tries it again.',
};

/**
 * Of a complete task, only its files count. Before that, a lost file is no failure yet: `complete` may name a new link.
 */
function failureOf(record: TaskRecord): Failure | null {
  const isDerived = record.failure?.outcome === filesMissing || record.failure?.outcome === dismissed.outcome;
  const reported = isDerived ? null : record.failure;
  const failure = isComplete(record) ? lostFiles(record) : reported;
  const isDismissed = record.dismissedAt !== null && !isMediaReady(record);
  return isDismissed ? (failure ?? dismissed) : failure;
}

const isLost = ({ state }: Asset) => state === 'failed' || state === 'quarantined';

function lostFiles(record: TaskRecord): Failure | null {
  const essential = essentialAssets(record);
  const lost = essential.filter(isLost);
  if (lost.length === 0 || record.assets.some(({ state }) => state === 'open')) return null;
  const reasons = lost.map(({ kind, name, trackId, ...asset }) => {
    return `${[kind, name || trackId].filter(Boolean).join(' ')}: ${reasonOf(asset)}`;
  });
  return {
    code: null,
    outcome: filesMissing,
    msg: `${lost.length} of ${record.assets.length} files are not in the library. ${reasons.join('; ')}`.slice(0, 1000),
    advice: 'See why with `npx trackkeeper status <taskId>`; `retry` tries it again, while the provider has it.',
  };
}

function reasonOf({ state, reason, attempts }: Pick<Asset, 'state' | 'reason' | 'attempts'>): string {
  if (state === 'quarantined') return 'in quarantine';
  return reason ?? attempts.at(-1)?.detail ?? 'no reason recorded';
}

/** Of a complete task whose essential files are stored: the others that could not be. */
function missingFiles(record: TaskRecord): TaskRecord['missing'] {
  if (!isMediaReady(record)) return [];
  const essential = new Set(essentialAssets(record));
  const isOver = (asset: Asset) => isLost(asset) || (record.dismissedAt !== null && asset.state === 'open');
  return record.assets
    .filter((asset) => isOver(asset) && !essential.has(asset))
    .map(({ kind, trackId, name, ...asset }) => ({ kind, trackId, name, reason: reasonOf(asset) }));
}

/** `failed` only when nothing more will happen: no open file, no final callback to wait for, no next step. */
function statusOf(record: TaskRecord): TaskRecord['status'] {
  if (record.dismissedAt !== null) return isMediaReady(record) ? 'archived' : 'failed';
  if (record.assets.some(({ state }) => state === 'open')) return 'archiving';
  if (awaitsLastCallback(record)) return 'waiting';
  if (record.failure === null) return 'archived';
  return record.dueAt === null ? 'failed' : 'waiting';
}

function isComplete({ stages }: Pick<TaskRecord, 'stages'>): boolean {
  return stages.some(({ stage }) => stage === 'complete');
}
