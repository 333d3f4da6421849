// The progress of one transfer: what of it is in the record, and which upload belongs to it.
import { toTransferError, type Verdict, verdicts } from '../../domain/errors.ts';
import type { Progress } from '../../domain/record.ts';
import type { Bucket, Log, ObjectHead, SaveProgress } from '../../ports.ts';

/** Of an upload whose id is known. */
export type Begun = Progress & { uploadId: string };

export type KeptProgress = {
  now(): Progress | null;
  /** Begins an upload. Noted before and after, so that whatever dies in between leaves none that nobody knows of. */
  begin(plan: Omit<Progress, 'uploadId'>, head: ObjectHead): Promise<Begun>;
  keep(progress: Progress): Promise<void>;
  /** What has come is of no use: its upload ends, in the record first, so that nobody goes on with it, then in the bucket. */
  abandon(): Promise<void>;
  /** Keeps what a later attempt can go on from. */
  afterFailure(error: unknown): Promise<void>;
};

type Deps = { bucket: Pick<Bucket, 'startUpload' | 'upload' | 'uploadsAt'>; save: SaveProgress; log: Log };

/** After all other failures the file is fetched from its beginning, or from elsewhere, or not at all. */
const resumable: readonly Verdict[] = ['at-once', 'retry', 'go-on'];

export function createKeptProgress(start: Progress | null, { bucket, save, log }: Deps): KeptProgress {
  let kept = start;

  async function keep(progress: Progress | null): Promise<void> {
    await save(progress);
    kept = progress;
  }

  async function abandon(): Promise<void> {
    if (kept === null) return;
    const ending = kept;
    if (ending.uploadId !== null) await keep({ ...ending, uploadId: null });
    await endUpload(bucket, ending, log);
    await keep(null);
  }

  return {
    now: () => kept,
    keep,
    async begin(plan, head) {
      await keep({ ...plan, uploadId: null });
      const begun = { ...plan, uploadId: await bucket.startUpload(plan.key, head) };
      await keep(begun).catch(async (error: unknown) => {
        // Nobody else knows of it.
        await endUpload(bucket, begun, log);
        throw error;
      });
      return begun;
    },
    abandon,
    async afterFailure(error) {
      if (!resumable.includes(verdicts[toTransferError(error).code])) await abandon();
    },
  };
}

/** What cannot be aborted now is swept by the bucket's lifecycle rule. */
export async function endUpload(
  bucket: Pick<Bucket, 'upload' | 'uploadsAt'>,
  { key, uploadId }: Pick<Progress, 'key' | 'uploadId'>,
  log: Log,
): Promise<void> {
  try {
    const ids = uploadId === null ? await bucket.uploadsAt(key) : [uploadId];
    for (const id of ids) await bucket.upload(key, id).abort();
  } catch (error) {
    log('warn', 'upload.left', { key, detail: `${error}` });
  }
}
