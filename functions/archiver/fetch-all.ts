// Everything of a task that is open is fetched, a few files at once, until nothing is left that this invocation has not
// tried. Other callbacks may add to the record meanwhile; the claim is let go only in a write that saw all of it.
import { assetId } from '../domain/asset.ts';
import { TransferError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import type { Asset, Progress, TaskRecord } from '../domain/record.ts';
import { settle } from '../domain/settle.ts';
import type { Bucket, Clock, Log, SaveProgress, Transfer } from '../ports.ts';
import { allToTheEnd } from './all-to-the-end.ts';
import { type Invocation, isHeldByOther, release } from './claim.ts';
import { fetchAsset } from './fetch-asset.ts';
import { planAssets } from './plan.ts';
import type { UpdateRecord } from './records.ts';
import { writeLyrics } from './write-lyrics.ts';

export type FetchDeps = { bucket: Pick<Bucket, 'write' | 'upload'>; transfer: Transfer; clock: Clock; log: Log };

export async function fetchAll(
  start: TaskRecord,
  { messageId, signal, stopping }: Invocation,
  deps: FetchDeps & { update: UpdateRecord },
): Promise<TaskRecord> {
  const tried = new Set<string>();
  const untried = ({ assets }: TaskRecord) =>
    assets.filter((asset) => asset.state === 'open' && isDue(asset, deps.clock.now()) && !tried.has(attemptOf(asset)));

  for (let record = start; ; ) {
    const queue = untried(record);
    for (const asset of queue) tried.add(attemptOf(asset));
    const lane = async () => {
      for (let asset = queue.shift(); asset !== undefined; asset = queue.shift()) await settleOne(record, asset);
    };
    await allToTheEnd(Array.from({ length: limits.transfersAtOnce }, lane));
    record = await deps.update((found) => {
      const current = settle(found ?? record);
      return untried(current).length === 0 ? release(current, messageId) : current;
    });
    if (untried(record).length === 0) return record;
  }

  async function settleOne(record: TaskRecord, asset: Asset): Promise<void> {
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

/** The outcome goes into the record as it is by now: sources added meanwhile stay, and what is stored stays stored. */
function applied(record: TaskRecord, after: Asset): TaskRecord {
  const id = assetId(after);
  const assets = record.assets.map((asset) => {
    const isOutdone = assetId(asset) !== id || (asset.state === 'stored' && after.state !== 'stored');
    return isOutdone ? asset : { ...after, sources: asset.sources };
  });
  return { ...record, assets };
}

/** An asset with new sources is another attempt. */
function attemptOf(asset: Asset): string {
  return JSON.stringify([assetId(asset), asset.sources]);
}

/** SQS counts in whole seconds, and clocks differ: what is nearly due is due. */
const dueSlackMs = 5_000;

function isDue({ nextDueAt }: Asset, now: Date): boolean {
  return nextDueAt === null || Date.parse(nextDueAt) <= now.getTime() + dueSlackMs;
}
