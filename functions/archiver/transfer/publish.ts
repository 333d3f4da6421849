import { TransferError } from '../../domain/errors.ts';
import type { Bucket, Condition, Upload } from '../../ports.ts';
import type { Whole } from './inspection.ts';

type Publication = {
  bucket: Pick<Bucket, 'head'>;
  key: string;
  taskId: string;
  whole: Whole;
  /** What stands there was read and found damaged: what S3 says of it is not believed, and it makes way if it is nobody's. */
  isDamaged?: boolean;
};
export type Outcome = Awaited<ReturnType<Upload['complete']>>;

/** Each refusal means that somebody else wrote there meanwhile; this many in a row mean that something is wrong. */
const maxTries = 3;

/**
 * Makes a verified file visible, once (P5). Nothing is overwritten unseen: the first write asks for an empty place, and
 * whatever is not a plain yes, an answer that was lost included, is settled by looking. The same bytes are the outcome,
 * whoever wrote them; other bytes of this task (those of `first`, say) make way for these, by their ETag.
 * @returns whether it was this write that made it visible
 * @throws TransferError `key_taken` where another task's file stands, `upload_gone` where the upload is of no use any
 * more, `store_failed` where the place does not come to rest; or the write's own error
 */
export async function publish(
  { bucket, key, taskId, whole, isDamaged = false }: Publication,
  write: (condition: Condition) => Promise<Outcome>,
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
      throw new TransferError('key_taken', `${key} belongs to ${found.taskId ?? 'nobody that is known'}`);
    }
    if (outcome !== 'refused') {
      throw new TransferError('upload_gone', `the upload to ${key} was ended by another writer (${outcome})`);
    }
    condition = found === undefined ? 'absent' : { etag: found.etag };
  }
  throw new TransferError('store_failed', `${key} changed each time it was written`);
}
