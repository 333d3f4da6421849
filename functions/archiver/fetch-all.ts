import { assetId } from '../domain/asset.ts';
import { forEachConcurrent } from '../domain/concurrency.ts';
import { TransferError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { joinAssets } from '../domain/merge.ts';
import type { Asset, Progress, TaskRecord } from '../domain/record.ts';
import type { Bucket, Clock, Log, SaveProgress, Transfer } from '../ports.ts';
import { type Invocation, isHeldByOther } from './claim.ts';
import { fetchAsset } from './fetch-asset.ts';
import { planAssets } from './plan.ts';
import type { Policy } from './policy.ts';
import type { UpdateRecord } from './records.ts';
import { writeLyrics } from './write-lyrics.ts';

export type FetchDeps = {
  bucket: Pick<Bucket, 'write' | 'upload' | 'uploadsAt'>;
  transfer: Transfer;
  clock: Clock;
  log: Log;
  random: () => number;
  policy: Policy;
};

/** Fetches these, a few at once; what becomes of each is written into the record as soon as it is known. */
export async function fetchAll(
  record: TaskRecord,
  assets: readonly Asset[],
  { messageId, signal, stopping }: Invocation,
  deps: FetchDeps & { update: UpdateRecord },
): Promise<void> {
  // One asset that fails without an outcome keeps none of the others from being fetched.
  await forEachConcurrent(assets, limits.transfersAtOnce, settleOne, { maxFailures: limits.transfersAtOnce });

  async function settleOne(asset: Asset): Promise<void> {
    const save: SaveProgress = async (progress) => {
      await deps.update((found) => withProgress(found ?? record, asset, progress));
    };
    const after =
      asset.kind === 'lyrics'
        ? await writeLyrics(record, asset, deps)
        : await fetchAsset(record, asset, deps, { save, signal, stopping });
    if (after !== null) await deps.update((found) => planAssets(applied(found ?? record, after)));
  }

  /** @throws TransferError where another invocation has taken over: what this one does is of no use any more */
  function withProgress(record: TaskRecord, asset: Asset, progress: Progress | null): TaskRecord {
    const id = assetId(asset);
    const isClosed = record.assets.find((one) => assetId(one) === id)?.state !== 'open';
    if (isClosed || isHeldByOther(record, messageId, deps.clock.now())) {
      throw new TransferError('superseded', 'another invocation has taken this task over');
    }
    return { ...record, assets: record.assets.map((one) => (assetId(one) === id ? { ...one, progress } : one)) };
  }
}

/**
 * The outcome goes into the record as it is by now: sources added meanwhile are still to be tried, and what is stored stays
 * stored.
 */
function applied(record: TaskRecord, after: Asset): TaskRecord {
  const id = assetId(after);
  const assets = record.assets.map((asset) => {
    const isOutdone = assetId(asset) !== id || (asset.state === 'stored' && after.state !== 'stored');
    return isOutdone ? asset : joinAssets(after, asset);
  });
  return { ...record, assets };
}
