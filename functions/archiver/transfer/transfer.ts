// Transfers one source to one object. Nothing unverified is visible under library/ (P4): a file of a few parts is
// buffered, checked and stored in one request; a larger one is a multipart upload that is completed only after the
// check, and that any invocation can resume (P8).

import { ruleOf, toTransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { TransferProgress } from '../../domain/record.ts';
import type { Bucket, Clock, Log, MeasureCpuHeadroom, Pause, Source } from '../../ports.ts';
import type { StartedUpload, Transfer } from './context.ts';
import { createBufferPool } from './context.ts';
import { createProgressStore } from './progress-store.ts';
import { resumeTransfer } from './resume.ts';
import { startTransfer } from './start.ts';

export type TransferDeps = {
  source: Source;
  bucket: Bucket;
  clock: Clock;
  log: Log;
  pause: Pause;
  /** Whether other messages wait for this function: then nothing is retried in place. */
  othersWait: () => Promise<boolean>;
  measureCpuHeadroom: MeasureCpuHeadroom;
  partBytes?: number;
};

export function createTransfer({ partBytes = limits.partBytes, ...deps }: TransferDeps): Transfer {
  const { bucket, log, pause, othersWait } = deps;
  const buffers = createBufferPool(partBytes);

  return async (job, { save, signal, stopping }) => {
    const { taskId, asset, url } = job;
    const ids = { taskId, trackId: asset.trackId, kind: asset.kind };
    const progress = createProgressStore(asset.progress, { bucket, save, log });
    let changes = asset.attempts.filter(({ source, code }) => source === url && code === 'changed').length;

    async function once() {
      const inOneStream = changes >= maxChanges;
      const context = { ...deps, job, ids, signal, stopping, progress, buffers, partBytes, inOneStream };
      const kept = progress.now();
      const isUsable = kept !== null && canGoOn(kept) && kept.source === url && kept.partBytes === partBytes;
      if (!isUsable || inOneStream) {
        await progress.abandon();
        return await startTransfer(context);
      }
      const buffer = buffers.take();
      return await resumeTransfer(context, kept, buffer, null).finally(() => buffers.giveBack(buffer));
    }
    const onceAndTidy = () =>
      once().catch(async (error: unknown) => {
        if (toTransferError(error).code === 'changed') changes++;
        await progress.afterFailure(error);
        throw error;
      });
    return await retryInPlace(onceAndTidy, {
      ...{ progress: () => progress.now()?.checkedParts ?? 0, othersWait, pause, signal },
    });
  };
}

/**
 * Some hosts serve ranges, but send the complete file whenever a version is named: a source that has changed so often
 * is read in one stream.
 */
const maxChanges = 2;

function canGoOn(kept: TransferProgress): kept is StartedUpload {
  return kept.uploadId !== null && kept.version !== '';
}

type Options = {
  /** A counter that grows with progress. The retry budget resets only when it exceeds its previous maximum. */
  progress: () => number;
  othersWait: () => Promise<boolean>;
  pause: Pause;
  signal: AbortSignal;
};

// Retries failures that may pass in seconds, a few times, within the invocation.

async function retryInPlace<T>(run: () => Promise<T>, { progress, othersWait, pause, signal }: Options): Promise<T> {
  let furthest = progress();
  for (let failures = 0; ; failures++) {
    try {
      return await run();
    } catch (thrown) {
      if (progress() > furthest) failures = 0;
      furthest = Math.max(furthest, progress());
      const delayMs = limits.inPlaceDelaysMs[failures];
      const { code, retryAfterMs } = toTransferError(thrown);
      const isOver = delayMs === undefined || (retryAfterMs ?? 0) > delayMs || signal.aborted;
      if (!ruleOf(code).inPlace || isOver || (await othersWait())) throw thrown;
      await pause(delayMs, signal);
    }
  }
}
