// The owner's `retry` of a task, applied to its record. Pure.
import { isRefusedMedia } from './errors.ts';
import { limits } from './limits.ts';
import type { RetryMessage } from './message.ts';
import { type Asset, noInquiry, type TaskRecord } from './record.ts';
import { deadlineOf, deriveStatus } from './task-state.ts';

type Damaged = RetryMessage['damaged'];

/**
 * Retries everything that a task lacks, now: its files, its final callback, and files that are suspect. `damaged`:
 * stored files to fetch again. A task whose deadline is near or has passed gets `limits.extensionMs` more.
 */
export function reopen(record: TaskRecord, now: Date, damaged?: Damaged): TaskRecord {
  const isComplete = record.stages.some(({ stage }) => stage === 'complete');
  const assets = record.assets.map((asset) => reopenAsset(withoutDamagedFile(asset, damaged), now));
  const isLacking = !isComplete || assets.some(({ state, nextDueAt }) => state === 'open' || nextDueAt !== null);
  const wanted = { ...record, dismissedAt: null };
  if (!isLacking) return deriveStatus(wanted);
  // A failure that we derived is dropped; one that the provider reported is kept until it reports otherwise.
  const failure = record.failure?.code == null ? null : record.failure;
  const until = new Date(now.getTime() + limits.extensionMs);
  const extendedTo = deadlineOf(record) < until ? until.toISOString() : record.extendedTo;
  const inquiry = { ...noInquiry, stage: record.inquiry.stage, wanted: true };
  return deriveStatus({ ...wanted, assets, failure, extendedTo, inquiry });
}

function reopenAsset(asset: Asset, now: Date): Asset {
  if (asset.state === 'stored') {
    return asset.suspect === null ? asset : { ...asset, rechecks: 0, nextDueAt: now.toISOString() };
  }
  // The file in quarantine gets new attempts: the ones that led there do not count any more.
  const attempts = asset.attempts.filter(({ code }) => !isRefusedMedia(code));
  return { ...asset, state: 'open', attempts, nextDueAt: null, rounds: 0 };
}

/** The fields of an asset without a file. */
const noFile = {
  key: null,
  bytes: null,
  crc32: null,
  sha256: null,
  contentType: null,
  durationSeconds: null,
  suspect: null,
  measuredSeconds: null,
  rechecks: 0,
} as const;

/**
 * Opens a damaged asset and removes its file from the record, so that the record never names a file that does not
 * exist. A message that is delivered twice does not affect the file that was stored after it.
 */
function withoutDamagedFile(asset: Asset, damaged: Damaged): Asset {
  if (damaged === undefined || asset.state !== 'stored' || !damaged.keys.includes(asset.key ?? '')) return asset;
  if (asset.damagedAt !== null && asset.damagedAt >= damaged.at) return asset;
  return { ...asset, ...noFile, state: 'open', damagedAt: damaged.at };
}

// Assets: the files to keep of a task.

/** The identity of an asset: one object exists for each, however often callbacks name it (P5). */
export function assetId({ kind, trackId, name }: Pick<Asset, 'kind' | 'trackId' | 'name'>): string {
  return JSON.stringify([trackId, name, kind]);
}

/** An asset before its first attempt. `planAssets` sets its path, `deriveStatus` its deadline. */
export function openAsset(known: Pick<Asset, 'kind' | 'trackId' | 'name' | 'sources'>): Asset {
  return {
    ...known,
    ...noFile,
    path: '',
    state: 'open',
    damagedAt: null,
    progress: null,
    wantsLinks: false,
    rounds: 0,
    failingSince: null,
    reason: null,
    attempts: [],
    nextDueAt: null,
    deadline: '',
  };
}

/** The file that was stored is missing or damaged, and has not been replaced yet. */
export function isDamaged({ damagedAt, key }: Pick<Asset, 'damagedAt' | 'key'>): boolean {
  return damagedAt !== null && !key?.startsWith('library/');
}
