import { crc32 } from 'node:zlib';
import { isDamaged } from '../../domain/asset.ts';
import { limits } from '../../domain/limits.ts';
import type { Transferred } from '../../ports.ts';
import { createInspection, startOf } from './inspection.ts';
import type { Passage } from './passage.ts';
import { publish } from './publish.ts';
import { isHopeless, quarantineOf, type Target } from './target.ts';

/** Stores a file that is buffered in memory: nothing of it is in the bucket before it is checked. */
export async function writeWhole(
  { job, bucket }: Passage,
  target: Target,
  pieces: readonly Buffer[],
): Promise<Transferred> {
  const totalBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const maxBytes = limits.assetBytes[job.asset.kind];
  const inspection = createInspection(startOf(target.extension, totalBytes), { maxBytes, isHashed: true });
  for (const piece of pieces) inspection.add(piece, crc32(piece));
  const { suspect, state, key, head } = judged();
  const whole = inspection.whole();
  const checked = { ...head, crc32: inspection.checkpoint().crc32 };
  const place = { bucket, key, taskId: job.taskId, isDamaged: isDamaged(job.asset) };
  await publish({ ...place, whole }, async (condition) => {
    return (await bucket.write(key, pieces, checked, condition)) === false ? 'refused' : 'done';
  });
  return { state, key, contentType: head.contentType, suspect, ...whole };

  /** A file that was rejected often enough is kept for a person to judge. */
  function judged(): Target & { suspect: string | null } {
    try {
      return { ...target, suspect: inspection.verify(job.durationSeconds) };
    } catch (error) {
      if (!isHopeless(job)) throw error;
      return { ...quarantineOf(job), suspect: null };
    }
  }
}
