// The stored progress of one transfer: the part of it in the record, and its multipart upload.
import { ruleOf, toTransferError } from '../../domain/errors.ts';
import type { TransferProgress } from '../../domain/record.ts';
import type { Bucket, Log } from '../../ports.ts';
import type { ProgressStore, SaveProgress } from './context.ts';

type Deps = { bucket: Pick<Bucket, 'startUpload' | 'upload' | 'uploadsAt'>; save: SaveProgress; log: Log };

export function createProgressStore(start: TransferProgress | null, { bucket, save, log }: Deps): ProgressStore {
  let kept = start;

  async function keep(progress: TransferProgress | null): Promise<void> {
    await save(progress);
    kept = progress;
  }

  async function abandon(): Promise<void> {
    if (kept === null) return;
    const ending = kept;
    if (ending.uploadId !== null) await keep({ ...ending, uploadId: null });
    await abortUpload(bucket, ending, log);
    await keep(null);
  }

  return {
    now: () => kept,
    keep,
    async begin(plan, head) {
      await keep({ ...plan, uploadId: null });
      const begun = { ...plan, uploadId: await bucket.startUpload(plan.key, head) };
      await keep(begun).catch(async (error: unknown) => {
        // No record refers to this upload.
        await abortUpload(bucket, begun, log);
        throw error;
      });
      return begun;
    },
    abandon,
    async afterFailure(error) {
      if (!ruleOf(toTransferError(error).code).keepsProgress) await abandon();
    },
  };
}

/** An upload that cannot be aborted now is removed later by the bucket's lifecycle rule. */
export async function abortUpload(
  bucket: Pick<Bucket, 'upload' | 'uploadsAt'>,
  { key, uploadId }: Pick<TransferProgress, 'key' | 'uploadId'>,
  log: Log,
): Promise<void> {
  try {
    const ids = uploadId === null ? await bucket.uploadsAt(key) : [uploadId];
    for (const id of ids) await bucket.upload(key, id).abort();
  } catch (error) {
    log('warn', 'upload.left', { key, detail: `${error}` });
  }
}
