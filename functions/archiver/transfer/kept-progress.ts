// The progress of one transfer: what of it is in the record, and which upload belongs to it.
import { toTransferError, type Verdict, verdicts } from '../../domain/errors.ts';
import type { Progress } from '../../domain/record.ts';
import type { Bucket, Log, SaveProgress } from '../../ports.ts';

export type KeptProgress = {
  now(): Progress | null;
  keep(progress: Progress): Promise<void>;
  /** What has come is of no use: forgotten in the record first, so that nobody goes on with it, then in the bucket. */
  abandon(): Promise<void>;
  /** Keeps what a later attempt can go on from. */
  afterFailure(error: unknown): Promise<void>;
};

/** After all other failures the file is fetched from its beginning, or from elsewhere, or not at all. */
const resumable: readonly Verdict[] = ['at-once', 'retry', 'go-on'];

export function createKeptProgress(
  start: Progress | null,
  { bucket, save, log }: { bucket: Pick<Bucket, 'upload'>; save: SaveProgress; log: Log },
): KeptProgress {
  let kept = start;

  async function abandon(): Promise<void> {
    if (kept === null) return;
    const { key, uploadId } = kept;
    await save(null);
    kept = null;
    await abortUpload(bucket, { key, uploadId }, log);
  }

  return {
    now: () => kept,
    async keep(progress) {
      await save(progress);
      kept = progress;
    },
    abandon,
    async afterFailure(error) {
      if (!resumable.includes(verdicts[toTransferError(error).code])) await abandon();
    },
  };
}

/** What cannot be aborted now is swept by the bucket's lifecycle rule. */
export async function abortUpload(
  bucket: Pick<Bucket, 'upload'>,
  { key, uploadId }: Pick<Progress, 'key' | 'uploadId'>,
  log: Log,
): Promise<void> {
  await bucket
    .upload(key, uploadId)
    .abort()
    .catch((error: unknown) => log('warn', 'upload.left', { key, detail: `${error}` }));
}
