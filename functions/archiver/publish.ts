import { TransferError } from '../domain/errors.ts';
import type { Bucket, Condition } from '../ports.ts';
import type { Whole } from './checksum.ts';

type Publication = {
  bucket: Pick<Bucket, 'facts'>;
  key: string;
  taskId: string;
  whole: Whole;
  /** An earlier object of this very asset stands at the key and is to make way. */
  replaces: boolean;
};

export type Published = { isNew: boolean; bytes: number; crc32: string; sha256: string | null };

/**
 * Makes a verified file visible, once (P5): nothing is overwritten but what was looked at before. A refusal is settled by
 * looking: what stands at the key is whole (P4), so if it is this task's, the file is stored, whoever wrote it.
 * @throws TransferError `key_taken` where another task's file stands there, `store_failed` where it changed meanwhile
 */
export async function publish(
  { bucket, key, taskId, whole, replaces }: Publication,
  write: (condition: Condition) => Promise<boolean>,
): Promise<Published> {
  const standing = replaces ? await bucket.facts(key) : undefined;
  if (await write(standing === undefined ? 'absent' : { etag: standing.etag })) return { isNew: true, ...whole };

  const found = await bucket.facts(key);
  if (found === undefined || found.etag === standing?.etag) {
    throw new TransferError('store_failed', `${key} changed while it was written`);
  }
  if (found.taskId !== taskId) throw new TransferError('key_taken', `${key} belongs to task ${found.taskId}`);
  const isSame = found.bytes === whole.bytes && found.crc32 === whole.crc32;
  return { isNew: false, bytes: found.bytes, crc32: found.crc32 ?? whole.crc32, sha256: isSame ? whole.sha256 : null };
}
