// Starts a transfer from the first byte: the file's type decides the target, its length and its host decide the
// method.
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { OpenedSource, TransferJob, Transferred } from '../../ports.ts';
import { goOn } from './go-on.ts';
import { startOf } from './inspection.ts';
import type { Passage } from './passage.ts';
import { readOn, storeStream } from './stream.ts';
import { isHopeless, quarantineOf, type Target, targetOf } from './target.ts';
import { writeWhole } from './whole.ts';

export async function begin(passage: Passage): Promise<Transferred> {
  const { job, ids, source, partBytes, signal, log } = passage;
  const maxBytes = limits.assetBytes[job.asset.kind];
  const aheadBytes = limits.partsHeldWhole * partBytes;
  const opened = await source.open(job.url, { signal, maxBytes, aheadBytes });
  const { totalBytes, version } = opened;
  log('info', 'transfer.started', { ...ids, bytes: totalBytes, isRanged: version !== null });
  try {
    const isInRanges = version !== null && totalBytes !== null && totalBytes > aheadBytes;
    return await (isInRanges ? beginRanges(passage, opened, { version, totalBytes }) : holdOrStream(passage, opened));
  } finally {
    opened.close();
  }
}

/** A file that may be small is buffered; one that turns out to be large continues as a stream. */
async function holdOrStream(passage: Passage, opened: OpenedSource): Promise<Transferred> {
  const { job, buffers, partBytes } = passage;
  const held = Array.from({ length: limits.partsHeldWhole }, () => buffers.take());
  try {
    const pieces: Buffer[] = [];
    for (const buffer of held) {
      const bytes = await opened.read(buffer);
      if (bytes > 0) pieces.push(buffer.subarray(0, bytes));
      if (bytes < partBytes) break;
    }
    const first = filled(pieces[0]);
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    const isWhole = bytes < held.length * partBytes || bytes === opened.totalBytes;
    return await (isWhole
      ? writeWhole(passage, targetOf(job, first), pieces)
      : storeStream(passage, largeTargetOf(job, first), opened, readOn(opened, pieces)));
  } finally {
    for (const buffer of held) buffers.giveBack(buffer);
  }
}

/** Reads the start of the file to recognise its type, then transfers it in ranges. */
async function beginRanges(
  passage: Passage,
  opened: OpenedSource,
  { version, totalBytes }: { version: string; totalBytes: number },
): Promise<Transferred> {
  const { job, buffers, partBytes, progress, clock } = passage;
  const buffer = buffers.take();
  try {
    const bytes = await opened.read(buffer.subarray(0, limits.sniffBytes));
    const { key, head, extension } = largeTargetOf(job, filled(buffer.subarray(0, bytes)));
    const { crc32, structure } = startOf(extension, totalBytes);
    const plan = {
      ...{ source: job.url, version, totalBytes, partBytes, key, contentType: head.contentType },
      ...{ checkedParts: 0, crc32, structure, at: clock.now().toISOString() },
    };
    return await goOn(passage, await progress.begin(plan, head), buffer, { opened, bytes });
  } finally {
    buffers.giveBack(buffer);
  }
}

/**
 * The key of an upload is fixed before all bytes are known, so a file that is already known to be bad goes to
 * quarantine.
 */
function largeTargetOf(job: TransferJob, firstBytes: Buffer): Target {
  const target = targetOf(job, firstBytes);
  return isHopeless(job) ? quarantineOf(job) : target;
}

function filled(bytes: Buffer | undefined): Buffer {
  if (bytes === undefined || bytes.length === 0) throw new TransferError('empty', 'the host sent no bytes');
  return bytes;
}
