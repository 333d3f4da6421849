import { isDamaged } from '../../domain/asset.ts';
import type { Part, Upload } from '../../ports.ts';
import type { Inspection } from './inspection.ts';
import { assertSame } from './parts.ts';
import type { Passage } from './passage.ts';
import { publish } from './publish.ts';

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
}: Pick<Passage, 'job' | 'bucket'> & Ready): Promise<string | null> {
  const whole = inspection.whole();
  assertSame(parts, whole);
  const suspect = inspection.verify(job.durationSeconds);
  const place = { bucket, key, taskId: job.taskId, isDamaged: isDamaged(job.asset) };
  const isOurs = await publish({ ...place, whole }, (condition) => upload.complete(parts, whole, condition));
  if (!isOurs) await upload.abort();
  return suspect;
}
