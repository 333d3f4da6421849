// Which tasks `retry --all` and `heal` send again, from their records alone. Pure.
import type { TaskRecord } from '../functions/domain/record.ts';
import { essentialAssets, isOpen } from '../functions/domain/task-state.ts';

const isLacking = ({ assets }: TaskRecord) => assets.some(({ state }) => state !== 'stored');

export type RetrySelection = { states: 'all' | 'open' | 'failed'; host?: string | undefined };

/** Whether the task lacks something that a retry may bring. */
export function isSelected(record: TaskRecord, { states, host }: RetrySelection): boolean {
  if (record.dismissedAt !== null || record.status === 'archived') return false;
  if (states === 'open' && !isOpen(record)) return false;
  if (states === 'failed' && isOpen(record)) return false;
  return host === undefined || hostsOfMissing(record).includes(host.toLowerCase());
}

function hostsOfMissing({ assets }: TaskRecord): string[] {
  const missing = assets.filter(({ state }) => state !== 'stored');
  return missing.flatMap(({ sources }) => sources.flatMap(({ url }) => URL.parse(url)?.hostname ?? []));
}

/** Why an earlier version closed a task that would be open today. */
export type HealReason =
  | 'files refused by their hosts'
  | 'a track without audio'
  | 'no final callback'
  | 'suspect file';

/**
 * Null: there is nothing to heal. A task that the provider failed without naming a file is not healed: only the
 * provider can make it again.
 */
export function healReasonOf(record: TaskRecord): HealReason | null {
  const { dismissedAt, failure, stages, tracks, assets, kind } = record;
  if (dismissedAt !== null || isOpen(record)) return null;
  if (essentialAssets(record).some(({ state }) => state === 'failed' || state === 'quarantined')) {
    return 'files refused by their hosts';
  }
  const isComplete = stages.some(({ stage }) => stage === 'complete');
  const withSound = new Set(
    assets.filter(({ kind }) => kind !== 'image' && kind !== 'lyrics').map((one) => one.trackId),
  );
  const hasSongs = kind === 'music' || kind === 'recovery';
  if (isComplete && hasSongs && tracks.some(({ stage, trackId }) => stage === 'complete' && !withSound.has(trackId))) {
    return 'a track without audio';
  }
  if (failure?.outcome === 'missing') return 'no final callback';
  if (assets.some(({ suspect, rechecks }) => suspect !== null && rechecks === 0)) return 'suspect file';
  return failure !== null && failure.code === null && isLacking(record) ? 'files refused by their hosts' : null;
}
