// Transfers a large file in ranges from where it stopped, in this invocation or an earlier one (P8). S3 knows which
// parts have arrived; the record knows the version of the file and the state of the inspection.
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

/** A source that was just opened, and how many of its bytes are in the buffer already. */
export type Opening = { opened: OpenedSource; bytes: number };

/** `buffer`: working memory for one part. `opening`: null if an earlier invocation started the transfer. */
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

/** The longest sequence of complete parts from the first one, without gaps, that the inspection has seen. */
function usable(standing: readonly Part[], { partBytes, totalBytes, checkedParts }: Progress): Part[] {
  const gap = standing.findIndex(({ number, bytes }, index) => {
    return number !== index + 1 || bytes !== Math.min(partBytes, totalBytes - index * partBytes);
  });
  return standing.slice(0, gap === -1 ? checkedParts : Math.min(gap, checkedParts));
}

/** The upload no longer exists: an earlier invocation may have completed it without recording that. */
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
