// What of a task is open, and what may be fetched of it now. Pure.
import type { Asset, Source, TaskRecord } from '../domain/record.ts';
import type { Policy } from './policy.ts';

/** SQS counts in whole seconds, and clocks differ: what is nearly due is due. */
const dueSlackMs = 5_000;

/** Whether a point in time has come; null: it has. */
export function isDue(at: string | null, now: Date): boolean {
  return at === null || Date.parse(at) <= now.getTime() + dueSlackMs;
}

/** The last word has not come: neither what the task made, nor why it made nothing. */
export function isAwaited({ stages, failure }: TaskRecord): boolean {
  const isComplete = stages.some(({ stage }) => stage === 'complete');
  return !isComplete && (failure === null || failure.outcome === 'files_missing');
}

export function isOpen(record: TaskRecord): boolean {
  return isAwaited(record) || record.assets.some(({ state }) => state === 'open');
}

/** The links that may be followed: in doubt, only those that the provider itself named. */
export function usableSources(asset: Asset, { unconfirmed }: TaskRecord, { confirm }: Policy): Source[] {
  return confirm && unconfirmed === null ? asset.sources.filter(({ confirmed }) => confirmed) : asset.sources;
}

/** Open, and nobody has named a link that may be followed. */
export function isWaitingForLinks(asset: Asset, record: TaskRecord, policy: Policy): boolean {
  const { state, kind, wantsLinks } = asset;
  if (state !== 'open' || kind === 'lyrics') return false;
  return wantsLinks || usableSources(asset, record, policy).length === 0;
}

export function isFetchable(asset: Asset, record: TaskRecord, policy: Policy): boolean {
  return asset.state === 'open' && !isWaitingForLinks(asset, record, policy);
}
