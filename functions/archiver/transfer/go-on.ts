// A large file in ranges, from wherever it has come to, in this invocation or an earlier one (P8). What has arrived is
// S3's to say; the record says of which version of which file these are parts, and what is known of their bytes.
import { encodeCrc32 } from '../../domain/crc32.ts';
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Progress } from '../../domain/record.ts';
import type { OpenedSource, Part, Transferred } from '../../ports.ts';
import { complete } from './complete.ts';
import { everyNow } from './every-now.ts';
import { createInspection, type Inspection } from './inspection.ts';
import type { Begun } from './kept-progress.ts';
import { storeParts } from './parts.ts';
import type { Passage } from './passage.ts';
import { createRangeReader, readRanges } from './ranges.ts';

/** What has just been opened, and how much of it is in the buffer already. */
export type Opening = { opened: OpenedSource; bytes: number };

/** `buffer`: of one part, to work in. `opening`: null where it was begun by an earlier invocation. */
export async function goOn(
  passage: Passage,
  kept: Begun,
  buffer: Buffer,
  opening: Opening | null,
): Promise<Transferred> {
  const { job, bucket, progress, clock, log, ids, source, signal, stopping, watchIdleTime } = passage;
  const { key, uploadId, version, totalBytes, checkedParts } = kept;
  const inspection = inspectionOf(kept, limits.assetBytes[job.asset.kind]);
  const upload = bucket.upload(key, uploadId);
  const standing = opening === null ? await upload.parts() : [];
  if (standing === undefined) return await alreadyThere(passage, kept, inspection);
  const arrived = usable(standing, kept);
  if (opening === null) log('info', 'transfer.resumed', { ...ids, parts: arrived.length, ofBytes: totalBytes });
  const sayProgress = everyNow(clock, () => {
    log('info', 'transfer.progress', { ...ids, bytes: inspection.checkpoint().bytes, ofBytes: totalBytes });
  });

  const openLane = () => source.lane(job.url, { signal, version, totalBytes });
  const reader = createRangeReader({ openLane, opened: opening?.opened ?? null, watchIdleTime });
  const rest = { from: arrived.length * kept.partBytes, already: opening?.bytes ?? 0, totalBytes };
  try {
    const parts = await storeParts(readRanges({ reader, buffer, stopping, ...rest }), {
      ...{ upload, inspection, arrived, checkedParts },
      onChecked: async (checkedParts) => {
        const { crc32, structure } = inspection.checkpoint();
        await progress.keep({ ...kept, checkedParts, crc32, structure, at: clock.now().toISOString() });
        sayProgress();
      },
    });
    const suspect = await complete({ job, bucket, upload, key, parts, inspection });
    return transferred(kept, inspection, suspect);
  } finally {
    reader.close();
  }
}

function inspectionOf(
  { checkedParts, partBytes, totalBytes, crc32, structure }: Progress,
  maxBytes: number,
): Inspection {
  const bytes = Math.min(checkedParts * partBytes, totalBytes);
  return createInspection({ bytes, crc32, structure }, { maxBytes, isHashed: false });
}

/** The first parts without a gap, as long as they are, and none that was not looked at. */
function usable(standing: readonly Part[], { partBytes, totalBytes, checkedParts }: Progress): Part[] {
  const gap = standing.findIndex(({ number, bytes }, index) => {
    return number !== index + 1 || bytes !== Math.min(partBytes, totalBytes - index * partBytes);
  });
  return standing.slice(0, gap === -1 ? checkedParts : Math.min(gap, checkedParts));
}

/** The upload is gone: it may have been completed, by an invocation that could not say so any more. */
async function alreadyThere({ job, bucket }: Passage, kept: Progress, inspection: Inspection): Promise<Transferred> {
  const whole = inspection.whole();
  const found = whole.bytes === kept.totalBytes ? await bucket.head(kept.key) : undefined;
  if (found?.taskId !== job.taskId || found.bytes !== whole.bytes || found.crc32 !== encodeCrc32(kept.crc32)) {
    throw new TransferError('upload_gone', 'the upload of this file was ended elsewhere; it begins anew');
  }
  return transferred(kept, inspection, inspection.verify(job.durationSeconds));
}

function transferred({ key, contentType }: Progress, inspection: Inspection, suspect: string | null): Transferred {
  const state = key.startsWith('quarantine/') ? 'quarantined' : 'stored';
  return { state, key, contentType, suspect, ...inspection.whole() };
}
