import { TransferError } from '../../domain/errors.ts';
import { isDamaged } from '../../domain/reopen.ts';
import type { Bucket, Condition, Part, Upload } from '../../ports.ts';
import type { TransferContext } from './context.ts';
import type { InspectedFile, Inspection } from './inspection.ts';
import { assertSame } from './parts.ts';

type Publication = {
  bucket: Pick<Bucket, 'head'>;
  key: string;
  taskId: string;
  whole: InspectedFile;
  /** The existing object is known to be damaged: ignore its checksum, and replace it if it has no owner. */
  isDamaged?: boolean;
};

export type PublishOutcome = Awaited<ReturnType<Upload['complete']>>;

/** Each refusal means that another writer was faster; this many in a row mean that something is wrong. */
const maxTries = 3;

/**
 * Makes a verified file visible, once (P5). Nothing is overwritten unseen: the first write requires an empty key, and
 * any result but a clear success, a lost response included, is settled by reading the object's metadata. If the same
 * bytes are there, the file is published, by whichever writer; other bytes of the same task (those of `first`, for
 * example) are replaced, by their ETag.
 * @returns whether this write made the file visible
 * @throws TransferError `key_taken` if the key holds another task's file, `upload_gone` if the upload cannot be used
 * any more, `store_failed` if the object keeps changing; or the error of the write itself
 */
export async function publish(
  { bucket, key, taskId, whole, isDamaged = false }: Publication,
  write: (condition: Condition) => Promise<PublishOutcome>,
): Promise<boolean> {
  let condition: Condition = 'absent';
  for (let tries = 0; tries < maxTries; tries++) {
    const outcome = await write(condition).catch((error: unknown) => ({ error }));
    if (outcome === 'done') return true;
    const found = await bucket.head(key);
    const isSame = found?.taskId === taskId && found.bytes === whole.bytes && found.crc32 === whole.crc32;
    if (isSame && !isDamaged) return false;
    if (typeof outcome === 'object') throw outcome.error;
    const isNobodys = isDamaged && found?.taskId === null;
    if (found !== undefined && found.taskId !== taskId && !isNobodys) {
      throw new TransferError('key_taken', `${key} belongs to ${found.taskId ?? 'an unknown task'}`);
    }
    if (outcome !== 'refused') {
      throw new TransferError('upload_gone', `the upload to ${key} was ended by another writer (${outcome})`);
    }
    condition = found === undefined ? 'absent' : { etag: found.etag };
  }
  throw new TransferError('store_failed', `${key} changed each time it was written`);
}

type Ready = { upload: Upload; key: string; parts: readonly Part[]; inspection: Inspection };

/**
 * Completes an upload: runs the last checks, then makes the object visible.
 * @returns why the file needs a human check, or null
 * @throws TransferError `broken_media` or `unknown_media`, and the errors of `publish`
 */
export async function complete({
  job,
  bucket,
  upload,
  key,
  parts,
  inspection,
}: Pick<TransferContext, 'job' | 'bucket'> & Ready): Promise<string | null> {
  const whole = inspection.whole();
  assertSame(parts, whole);
  const suspect = inspection.verify(job.durationSeconds);
  const place = { bucket, key, taskId: job.taskId, isDamaged: isDamaged(job.asset) };
  const isOurs = await publish({ ...place, whole }, (condition) => upload.complete(parts, whole, condition));
  if (!isOurs) await upload.abort();
  return suspect;
}
