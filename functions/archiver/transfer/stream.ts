// Transfers a large file from a host that does not support ranges, or whose ranges have no version: one stream, cut
// into parts. It cannot be resumed; any interruption starts it over.
import { limits } from '../../domain/limits.ts';
import type { OpenedSource, Transferred } from '../../ports.ts';
import { complete } from './complete.ts';
import { everyNow } from './every-now.ts';
import { createInspection, startOf } from './inspection.ts';
import { storeParts } from './parts.ts';
import type { Passage } from './passage.ts';
import type { Target } from './target.ts';

export async function storeStream(
  passage: Passage,
  { state, key, head, extension }: Target,
  { totalBytes }: OpenedSource,
  body: AsyncIterable<Buffer>,
): Promise<Transferred> {
  const { job, bucket, clock, log, ids, progress, partBytes } = passage;
  const maxBytes = limits.assetBytes[job.asset.kind];
  const inspection = createInspection(startOf(extension, totalBytes), { maxBytes, isHashed: true });
  const sayProgress = everyNow(clock, () => {
    log('info', 'transfer.progress', { ...ids, bytes: inspection.checkpoint().bytes, ofBytes: totalBytes });
  });
  const { crc32, structure } = inspection.checkpoint();
  const plan = {
    ...{ source: job.url, version: '', totalBytes: totalBytes ?? 0, partBytes, key, contentType: head.contentType },
    ...{ checkedParts: 0, crc32, structure, at: clock.now().toISOString() },
  };
  const { uploadId } = await progress.begin(plan, head);
  const upload = bucket.upload(key, uploadId);
  try {
    const parts = await storeParts(body, {
      ...{ upload, inspection, arrived: [], checkedParts: 0 },
      onChecked: async () => sayProgress(),
    });
    const suspect = await complete({ ...passage, upload, key, parts, inspection });
    return { state, key, contentType: head.contentType, suspect, ...inspection.whole() };
  } catch (error) {
    await progress.abandon();
    throw error;
  }
}

/**
 * Yields the bytes that were read already, then the rest, in the same memory: each part is valid until the next one
 * is requested.
 */
export async function* readOn(opened: OpenedSource, pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
  const [buffer] = pieces;
  while (buffer !== undefined) {
    const bytes = await opened.read(buffer);
    if (bytes > 0) yield buffer.subarray(0, bytes);
    if (bytes < buffer.length) return;
  }
}
