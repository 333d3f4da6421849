// Checks the result of a transfer: each file must have been stored once and completely.
import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../functions/domain/crc32-combine.ts';
import { mediaFile } from './servers/media-file.ts';
import type { Tally } from './servers/server-process.ts';
import type { Job } from './ways/job.ts';

/** @throws if a file is missing or incomplete; `isVerifying`: also if its bytes differ */
export function assertStored(
  tally: Pick<Tally, 'stored' | 'openUploads'>,
  jobs: readonly Job[],
  { bytes, isVerifying }: { bytes: number; isVerifying: boolean },
): void {
  // All other objects are far smaller: records and callbacks.
  const files = tally.stored.filter((object) => object.bytes > bytes / 2);
  const isRight = files.length === jobs.length && files.every((object) => object.bytes === bytes);
  if (!isRight || tally.openUploads > 0) {
    throw new Error(`Not every file arrived once and whole: ${JSON.stringify(tally)}`);
  }
  if (!isVerifying) return;
  const expected = jobs[0] === undefined ? undefined : checksumOf(jobs[0], bytes);
  const wrong = files.find((object) => object.crc32 !== expected);
  if (wrong !== undefined) throw new Error(`What arrived is not what was sent: ${JSON.stringify(wrong)}`);
}

function checksumOf({ format }: Job, bytes: number): string {
  let crc = 0;
  for (const piece of mediaFile(format, bytes).pieces(0, bytes)) crc = crc32(piece, crc);
  return encodeCrc32(crc);
}
