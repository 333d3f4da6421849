import { noFile } from './asset.ts';
import { verdictOf } from './errors.ts';
import type { RetryMessage } from './message.ts';
import { type Asset, noInquiry, type TaskRecord } from './record.ts';
import { deriveStatus } from './task-state.ts';

type Damaged = RetryMessage['damaged'];

/**
 * Somebody wants another try of all that a task lacks, now: its files, and the provider's last word. `damaged`: stored files
 * that are to be fetched anew.
 */
export function reopen(record: TaskRecord, damaged?: Damaged): TaskRecord {
  const isComplete = record.stages.some(({ stage }) => stage === 'complete');
  const assets = record.assets.map((asset) => reopenAsset(lost(asset, damaged)));
  const isLacking = !isComplete || assets.some(({ state }) => state === 'open');
  if (!isLacking) return record;
  // What only we said of it is to be found out anew; what the provider said stands until it says otherwise.
  const failure = record.failure?.code == null ? null : record.failure;
  return deriveStatus({
    ...record,
    assets,
    failure,
    inquiry: { ...noInquiry, stage: record.inquiry.stage, wanted: true },
  });
}

function reopenAsset(asset: Asset): Asset {
  if (asset.state === 'stored') return asset;
  // What is in quarantine is to be looked at with fresh eyes: its refusals do not count any more.
  const attempts = asset.attempts.filter(({ code }) => verdictOf(code) !== 'quarantine');
  return { ...asset, state: 'open', attempts, nextDueAt: null, wantsLinks: false, refreshes: 0 };
}

/**
 * From now on the record claims no file that is not there: should it not come again, the asset has failed. A message that
 * comes twice finds what was stored after it.
 */
function lost(asset: Asset, damaged: Damaged): Asset {
  if (damaged === undefined || asset.state !== 'stored' || !damaged.keys.includes(asset.key ?? '')) return asset;
  if (asset.damagedAt !== null && asset.damagedAt >= damaged.at) return asset;
  return { ...asset, ...noFile, state: 'open', damagedAt: damaged.at };
}
