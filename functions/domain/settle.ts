// What follows from the rest of a record: deadlines, what must be fetched anew, failure and status. Pure, and idempotent.
import type { Asset, Failure, TaskRecord } from './record.ts';
import { deadlineOf } from './schedule.ts';

export function settle(record: TaskRecord): TaskRecord {
  const deadline = deadlineOf(record).toISOString();
  const durations = new Map(record.tracks.map((track) => [track.trackId, track.durationSeconds]));
  const assets = record.assets.map((asset) => ({
    ...reopenProvisional(asset, durations.get(asset.trackId ?? '') ?? null),
    deadline,
  }));
  const isComplete = record.stages.some(({ stage }) => stage === 'complete');
  const said = isComplete || record.failure?.outcome === filesMissing ? null : record.failure;
  const failure = said ?? lostFiles(assets);
  const status = statusOf(assets, failure, isComplete);
  // Where nothing is open, nobody is at work: the claim ends in the very write that closes the last file.
  return { ...record, assets, failure, status, claim: status === 'archiving' ? record.claim : null };
}

/** Seconds. Encoders pad and callbacks round; a provisional track differs from the final one by far more. */
const sameDuration = 1;

/** A song stored from `first` is kept if it agrees with what `complete` says; else it is fetched again, and replaced. */
function reopenProvisional(asset: Asset, durationSeconds: number | null): Asset {
  if (asset.state !== 'stored' || asset.kind !== 'audio') return asset;
  if (durationSeconds === null || asset.durationSeconds === null) return asset;
  const agrees = Math.abs(durationSeconds - asset.durationSeconds) <= sameDuration;
  return agrees ? asset : { ...asset, state: 'open', nextDueAt: null };
}

/** Derived anew each time; all other failures are what the provider said, or did not say. */
const filesMissing = 'files_missing';

/** Files that ended without being in the library make the task one that a person must look at. */
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

function statusOf(assets: readonly Asset[], failure: Failure | null, isComplete: boolean): TaskRecord['status'] {
  if (assets.some(({ state }) => state === 'open')) return 'archiving';
  if (failure !== null) return 'failed';
  return isComplete ? 'archived' : 'waiting';
}
