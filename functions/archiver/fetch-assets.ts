// Fetches the files of a task, several at a time: for each file, one round over its sources, and the result in the
// record.

import { crc32 } from 'node:zlib';
import { forEachConcurrent } from '../domain/concurrency.ts';
import { encodeCrc32 } from '../domain/crc32-combine.ts';
import { ruleOf, TransferError, type TransferVerdict, toTransferError, verdicts } from '../domain/errors.ts';
import { contentDisposition, sha256 } from '../domain/file-name.ts';
import { limits } from '../domain/limits.ts';
import { linkExpiry } from '../domain/link-expiry.ts';
import { joinAssets } from '../domain/merge.ts';
import type { Asset, TaskRecord, TransferProgress } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import type { Bucket, Clock, Log, LogFields } from '../ports.ts';
import { type ArchiverPolicy, isRechecked, sourcesToTry } from './allowed-sources.ts';
import { applyAttempts, type SourceAttempt } from './attempt-outcome.ts';
import { assetTitleOf, planAssets } from './plan.ts';
import { type ArchiverInvocation, isClaimedByOther, type UpdateRecord } from './records.ts';
import type { Transfer, TransferOptions, Transferred } from './transfer/context.ts';
import { abortUpload } from './transfer/progress-store.ts';

export type FetchDeps = {
  bucket: Pick<Bucket, 'write' | 'upload' | 'uploadsAt'>;
  transfer: Transfer;
  clock: Clock;
  log: Log;
  random: () => number;
  policy: ArchiverPolicy;
};

export async function fetchAssets(
  record: TaskRecord,
  assets: readonly Asset[],
  { messageId, signal, stopping }: ArchiverInvocation,
  deps: FetchDeps & { update: UpdateRecord },
): Promise<void> {
  // An asset that fails without an outcome keeps none of the others from being fetched.
  await forEachConcurrent(assets.toSorted(byExpiry), limits.transfersAtOnce, fetchOne, {
    maxFailures: limits.transfersAtOnce,
  });

  async function fetchOne(asset: Asset): Promise<void> {
    const options: TransferOptions = {
      signal,
      stopping,
      async save(progress) {
        await deps.update((found) => withProgress(found ?? record, asset, progress));
      },
    };
    const after =
      asset.kind === 'lyrics'
        ? await writeLyrics(record, asset, deps.bucket)
        : await fetchAsset(record, asset, deps, options);
    if (after !== null) await deps.update((found) => planAssets(withResult(found ?? record, after)));
  }

  /** @throws TransferError if another invocation has taken over: continuing would be useless */
  function withProgress(current: TaskRecord, asset: Asset, progress: TransferProgress | null): TaskRecord {
    const id = assetId(asset);
    const known = current.assets.find((one) => assetId(one) === id);
    const isClosed = known === undefined || (known.state !== 'open' && !isRechecked(known));
    if (isClosed || isClaimedByOther(current, messageId, deps.clock.now())) {
      throw new TransferError('superseded', 'another invocation has taken this task over');
    }
    return { ...current, assets: current.assets.map((one) => (assetId(one) === id ? { ...one, progress } : one)) };
  }
}

/** Short-lived links first. */
function byExpiry(one: Asset, other: Asset): number {
  return expiryOf(one) - expiryOf(other);
}

/** A link that does not say when it expires is assumed to live longest. */
function expiryOf({ sources }: Asset): number {
  return Math.min(...sources.map(({ url }) => linkExpiry(url)?.getTime() ?? longAfter), longAfter);
}

const longAfter = 8.64e15;

/** Merges the result into the current record: keeps sources added meanwhile, and never overwrites a stored asset. */
function withResult(record: TaskRecord, after: Asset): TaskRecord {
  const id = assetId(after);
  const assets = record.assets.map((asset) => {
    const isUnaffected = assetId(asset) !== id || (asset.state === 'stored' && after.state !== 'stored');
    return isUnaffected ? asset : joinAssets(after, asset);
  });
  return { ...record, assets };
}

/** Writes a song's lyrics as a text file beside it. Overwrites: the record says which lyrics are the newest. */
async function writeLyrics(record: TaskRecord, asset: Asset, bucket: FetchDeps['bucket']): Promise<Asset> {
  const lyrics = record.tracks.find(({ trackId }) => trackId === asset.trackId)?.prompt ?? '';
  const key = `${asset.path}.txt`;
  const contentType = 'text/plain; charset=utf-8';
  const crc = crc32(lyrics);
  await bucket.write(key, lyrics, {
    crc32: crc,
    contentType,
    contentDisposition: contentDisposition(assetTitleOf(record, asset), 'txt'),
    metadata: { taskid: record.taskId, trackid: asset.trackId ?? '' },
  });
  const bytes = Buffer.byteLength(lyrics);
  return { ...asset, bytes, crc32: encodeCrc32(crc), sha256: sha256(lyrics), key, contentType, state: 'stored' };
}

/**
 * One round over an asset's sources. Returns the asset with the result, or null if another invocation decides it.
 * Throws only for reasons that are no source's fault.
 */
async function fetchAsset(
  record: TaskRecord,
  asset: Asset,
  { bucket, transfer, clock, log, random, policy }: FetchDeps,
  { save, signal, stopping }: TransferOptions,
): Promise<Asset | null> {
  const { taskId, tracks } = record;
  const durationSeconds = tracks.find(({ trackId }) => trackId === asset.trackId)?.durationSeconds ?? null;
  // A transfer that could not start for lack of time is no attempt.
  if (stopping.aborted) return isRechecked(asset) ? null : { ...asset, nextDueAt: clock.now().toISOString() };
  let { progress } = asset;
  const options: TransferOptions = {
    signal,
    stopping,
    async save(next) {
      await save(next);
      progress = next;
    },
  };
  const attempts: SourceAttempt[] = [];
  for (const { url } of sourcesToTry(asset, record, policy, clock.now())) {
    const result = await attempt(url);
    if (result instanceof TransferError && result.code === 'superseded') return null;
    attempts.push({ url, result });
    if (endsRound(result) || keepsTo(url)) break;
  }
  const hasProgressed = progress !== null && progress.at !== asset.progress?.at && progress.checkedParts > 0;
  const round = {
    durationSeconds,
    at: clock.now(),
    attempts,
    hasProgressed,
    jitter: random(),
    files: record.assets.length,
  };
  const after = applyAttempts({ ...asset, progress }, round);
  // Given up for good: no invocation will resume this upload.
  const isGivenUp = after.progress === null && !attempts.some((one) => hasArrivedFrom(progress?.source, one));
  if (progress !== null && isGivenUp) await abortUpload(bucket, progress, log);
  return after;

  /** Another source would start from its first byte, so the one with progress gets a few rounds more. */
  function keepsTo(url: string): boolean {
    const isInProgress = progress?.source === url && progress.checkedParts > 0;
    return isInProgress && asset.rounds < roundsWithProgress;
  }

  async function attempt(url: string): Promise<Transferred | TransferError> {
    const started = clock.now().getTime();
    const logEnd = (outcome: string, verdict: TransferVerdict | Transferred['state'], fields: LogFields) => {
      const ids = { taskId, trackId: asset.trackId, kind: asset.kind, host: URL.parse(url)?.host };
      log(outcome === 'stored' || outcome === 'unfinished' ? 'info' : 'warn', 'transfer.ended', {
        ...ids,
        outcome,
        verdict,
        ...fields,
        ms: clock.now().getTime() - started,
      });
    };
    try {
      stopping.throwIfAborted();
      const job = { taskId, title: assetTitleOf(record, asset), durationSeconds, asset: { ...asset, progress }, url };
      const result = await transfer(job, options);
      // The same bytes in quarantine again are no news.
      const isKnown = result.state === 'quarantined' && result.crc32 === asset.crc32;
      logEnd(result.state, isKnown ? 'quarantine' : result.state, {
        key: result.key,
        bytes: result.bytes,
        suspect: result.suspect,
      });
      return result;
    } catch (thrown) {
      const error = signal.aborted || stopping.aborted ? outOfTime(thrown) : toTransferError(thrown);
      logEnd(error.code, verdicts[error.code], { detail: error.message });
      return error;
    }
  }
}

function hasArrivedFrom(source: string | undefined, { url, result }: SourceAttempt): boolean {
  return url === source && !(result instanceof TransferError);
}

/** Rounds in which a source that has delivered parts keeps its file from being fetched from its start elsewhere. */
const roundsWithProgress = 3;

function endsRound(result: Transferred | TransferError): boolean {
  return result instanceof TransferError ? !ruleOf(result.code).triesNextSource : result.state === 'stored';
}

/**
 * A transfer that was stopped is out of time, whatever error it throws, unless it had failed for a reason of its own
 * before.
 */
function outOfTime(thrown: unknown): TransferError {
  const isOwn = thrown instanceof TransferError && thrown.code !== 'cut';
  return isOwn ? thrown : new TransferError('out_of_time', 'the function ran out of time; the transfer resumes later');
}
