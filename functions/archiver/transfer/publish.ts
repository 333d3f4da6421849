import { TransferError } from '../../domain/errors.ts';
import { sha256 } from '../../domain/file-name.ts';
import { assetId, isDamaged } from '../../domain/reopen.ts';
import type { Bucket, Condition, Part, Upload } from '../../ports.ts';
import type { TransferContext, TransferJob } from './context.ts';
import { assertBetter, type InspectedFile, type Inspection, type VerifiedMedia } from './inspection.ts';
import { assertSame } from './parts.ts';

type Publication = {
  bucket: Pick<Bucket, 'head'>;
  key: string;
  owner: ObjectOwner;
  whole: InspectedFile;
  /** The existing object is known to be damaged: ignore its checksum, and replace it if it has no owner. */
  isDamaged?: boolean;
};

export type PublishOutcome = Awaited<ReturnType<Upload['complete']>>;

/** The asset that an object belongs to. `asset` is null for objects of versions before 0.3. */
export type ObjectOwner = { taskId: string; asset: string };

export function ownerOfJob({ taskId, asset }: TransferJob): ObjectOwner {
  return { taskId, asset: sha256(assetId(asset)).slice(0, 16) };
}

function isOwner(owner: ObjectOwner, found: { taskId: string | null; asset: string | null }): boolean {
  return found.taskId === owner.taskId && (found.asset === null || found.asset === owner.asset);
}

/** Each refusal means that another writer was faster; this many in a row mean that something is wrong. */
const maxTries = 3;

/**
 * Makes a verified file visible, once (P5). Nothing is overwritten unseen: the first write requires an empty key, and
 * any result but a clear success, a lost response included, is settled by reading the object's metadata. If the same
 * bytes are there, the file is published, by whichever writer; other bytes of the same asset (those of `first`, for
 * example) are replaced, by their ETag.
 * @returns whether this write made the file visible
 * @throws TransferError `key_taken` if the key holds another asset's file, `upload_gone` if the upload cannot be used
 * any more, `store_failed` if the object keeps changing; or the error of the write itself
 */
export async function publish(
  { bucket, key, owner, whole, isDamaged = false }: Publication,
  write: (condition: Condition) => Promise<PublishOutcome>,
): Promise<boolean> {
  let condition: Condition = 'absent';
  for (let tries = 0; tries < maxTries; tries++) {
    const outcome = await write(condition).catch((error: unknown) => ({ error }));
    if (outcome === 'done') return true;
    const found = await bucket.head(key);
    const isOwn = found !== undefined && isOwner(owner, found);
    const isSame = isOwn && found.bytes === whole.bytes && found.crc32 === whole.crc32;
    if (isSame && !isDamaged) return false;
    if (typeof outcome === 'object') throw outcome.error;
    const isNobodys = isDamaged && found?.taskId === null;
    if (found !== undefined && !isOwn && !isNobodys) {
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
 * @throws TransferError `broken_media`, `unknown_media` or `no_better`, and the errors of `publish`
 */
export async function complete({
  job,
  bucket,
  upload,
  key,
  parts,
  inspection,
}: Pick<TransferContext, 'job' | 'bucket'> & Ready): Promise<VerifiedMedia> {
  const whole = inspection.whole();
  assertSame(parts, whole);
  const verified = inspection.verify(job.durationSeconds);
  assertBetter(job.asset, verified, job.durationSeconds);
  const place = { bucket, key, owner: ownerOfJob(job), isDamaged: isDamaged(job.asset) };
  const isOurs = await publish({ ...place, whole }, (condition) => upload.complete(parts, whole, condition));
  if (!isOurs) await upload.abort();
  return verified;
}
