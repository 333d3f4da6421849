import { TransferError } from '../domain/errors.ts';
import type { Bucket, Condition } from '../ports.ts';
import type { Whole } from './checksum.ts';

type Publication = { bucket: Pick<Bucket, 'facts'>; key: string; taskId: string; whole: Whole };

/** Each refusal means that somebody else wrote there meanwhile; this many in a row mean that something is wrong. */
const maxTries = 3;

/**
 * Makes a verified file visible, once (P5). Nothing is overwritten unseen: the first write asks for an empty place, and a
 * refusal is settled by looking. The same bytes are the outcome, whoever wrote them; other bytes of this task (those of
 * `first`, say) make way for these, by their ETag.
 * @throws TransferError `key_taken` where another task's file stands, `store_failed` where the place does not come to rest
 */
export async function publish(
  { bucket, key, taskId, whole }: Publication,
  write: (condition: Condition) => Promise<boolean>,
): Promise<void> {
  let condition: Condition = 'absent';
  for (let tries = 0; tries < maxTries; tries++) {
    if (await write(condition)) return;
    const found = await bucket.facts(key);
    if (found !== undefined && found.taskId !== taskId) {
      throw new TransferError('key_taken', `${key} belongs to ${found.taskId ?? 'nobody that is known'}`);
    }
    if (found?.bytes === whole.bytes && found.crc32 === whole.crc32) return;
    condition = found === undefined ? 'absent' : { etag: found.etag };
  }
  throw new TransferError('store_failed', `${key} changed each time it was written`);
}
