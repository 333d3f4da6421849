import { type Asset, noInquiry, type TaskRecord } from './record.ts';
import { settle } from './settle.ts';

/** Somebody wants another try of all that a task lacks, now: its files, and the provider's last word. */
export function reopen(record: TaskRecord): TaskRecord {
  const isComplete = record.stages.some(({ stage }) => stage === 'complete');
  const assets = record.assets.map(reopenAsset);
  const isLacking = !isComplete || assets.some(({ state }) => state === 'open');
  if (!isLacking) return record;
  // What only we said of it is to be found out anew; what the provider said stands until it says otherwise.
  const failure = record.failure?.code == null ? null : record.failure;
  return settle({ ...record, assets, failure, inquiry: { ...noInquiry, stage: record.inquiry.stage, wanted: true } });
}

function reopenAsset(asset: Asset): Asset {
  if (asset.state === 'stored') return asset;
  return { ...asset, state: 'open', nextDueAt: null, wantsLinks: false, refreshes: 0 };
}
