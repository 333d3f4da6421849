import { formatBytes } from '../../client/amounts.ts';
import type { StartProgress } from '../../client/progress.ts';
import type { BucketReader } from '../../client/target.ts';
import { type Finding, verifyFile } from '../../client/verify-file.ts';
import { forEachConcurrent } from '../../functions/domain/concurrency.ts';
import type { KeptFile } from './kept-file.ts';

const filesAtOnce = 4;

export type FoundFault = Finding & Pick<KeptFile, 'taskId' | 'key'>;
type Deps = { bucket: BucketReader; progress: StartProgress };

/** Returns the faults, in the order of the files' keys. */
export async function verifyFiles(files: readonly KeptFile[], { bucket, progress }: Deps): Promise<FoundFault[]> {
  const shown = progress('Verifying', formatBytes);
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let readBytes = 0;
  const faults: FoundFault[] = [];
  await forEachConcurrent(files, filesAtOnce, async (file) => {
    const finding = await verifyFile(bucket, file, (bytes) => {
      readBytes += bytes;
      shown.update(readBytes, totalBytes);
    });
    if (finding !== undefined) faults.push({ taskId: file.taskId, key: file.key, ...finding });
  });
  shown.end();
  return faults.sort((one, other) => one.key.localeCompare(other.key));
}

export const isLost = ({ fault }: Finding) => fault !== 'unreadable';
