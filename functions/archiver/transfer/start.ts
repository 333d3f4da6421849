// Starts a transfer from the first byte: the file's type decides the target, its length and its host decide the
// method.

import { crc32 } from 'node:zlib';
import { isRefusedMedia, TransferError } from '../../domain/errors.ts';
import { contentDisposition } from '../../domain/file-name.ts';
import { limits } from '../../domain/limits.ts';
import { recognise } from '../../domain/media.ts';
import { quarantineKey } from '../../domain/object-key.ts';
import type { Asset } from '../../domain/record.ts';
import { isDamaged } from '../../domain/reopen.ts';
import type { ObjectHead, OpenedSource } from '../../ports.ts';
import type { TransferJob, Transferred } from './context.ts';
import { type TransferContext, throttle } from './context.ts';
import { assertBetter, createInspection, startOf, type VerifiedMedia } from './inspection.ts';
import { storeParts } from './parts.ts';
import { complete, ownerOfJob, publish } from './publish.ts';
import { resumeTransfer } from './resume.ts';

export async function startTransfer(context: TransferContext): Promise<Transferred> {
  const { job, ids, source, partBytes, inOneStream, signal, log } = context;
  const maxBytes = limits.assetBytes[job.asset.kind];
  const aheadBytes = limits.partsHeldWhole * partBytes;
  const ignoresDigest = job.asset.attempts.filter(isWrongDigest(job.url)).length >= maxWrongDigests;
  const opened = await source.open(job.url, { signal, maxBytes, aheadBytes, inOneStream, ignoresDigest });
  const { totalBytes, version } = opened;
  log('info', 'transfer.started', { ...ids, bytes: totalBytes, isRanged: version !== null });
  try {
    const isInRanges = version !== null && totalBytes !== null && totalBytes > aheadBytes;
    return await (isInRanges ? beginRanges(context, opened, { version, totalBytes }) : holdOrStream(context, opened));
  } finally {
    opened.close();
  }
}

/** A host that sends the same wrong digest in every round must not cost the file: its structure is checked anyway. */
const maxWrongDigests = 2;

const isWrongDigest =
  (url: string) =>
  ({ source, code }: Asset['attempts'][number]) =>
    source === url && code === 'wrong_digest';

/** Reads the start of the file to recognise its type, then transfers it in ranges. */
async function beginRanges(
  context: TransferContext,
  opened: OpenedSource,
  { version, totalBytes }: { version: string; totalBytes: number },
): Promise<Transferred> {
  const { job, buffers, partBytes, progress, clock } = context;
  const buffer = buffers.take();
  try {
    const bytes = await opened.read(buffer.subarray(0, limits.sniffBytes));
    const { key, head, extension } = largeTargetOf(job, filled(buffer.subarray(0, bytes)));
    const { crc32, structure } = startOf(extension, totalBytes);
    const plan = {
      ...{ source: job.url, version, totalBytes, partBytes, key, contentType: head.contentType },
      ...{ checkedParts: 0, crc32, structure, at: clock.now().toISOString() },
    };
    return await resumeTransfer(context, await progress.begin(plan, head), buffer, { opened, bytes });
  } finally {
    buffers.giveBack(buffer);
  }
}

// Decides where a file is stored, from its first bytes.

/** `extension`: of the media type; null if nothing more is verified. */
type TargetObject = { state: Transferred['state']; key: string; head: ObjectHead; extension: string | null };

/**
 * The key of an upload is fixed before all bytes are known. A file that was refused too often goes to quarantine, but
 * only once: the next attempt may get the right bytes.
 */
function largeTargetOf(job: TransferJob, firstBytes: Buffer): TargetObject {
  const target = targetObjectOf(job, firstBytes);
  return isHopeless(job) && job.asset.key === null ? quarantineOf(job) : target;
}

function metadataOf(job: TransferJob): ObjectHead['metadata'] {
  const { taskId, asset } = ownerOfJob(job);
  return { taskid: taskId, trackid: job.asset.trackId ?? '', asset };
}

/** @throws TransferError `not_media` if a web page arrived instead of a file */
function targetObjectOf(job: TransferJob, firstBytes: Buffer): TargetObject {
  const { title, asset } = job;
  const metadata = metadataOf(job);
  const type = recognise(firstBytes, asset.kind);
  if (type === 'page') {
    throw new TransferError('not_media', `text arrived instead of the ${asset.kind}: ${excerpt(firstBytes)}`);
  }
  if (type === 'unknown') return quarantineOf(job);
  const { contentType, extension } = type;
  const head = { contentType, contentDisposition: contentDisposition(title, extension), metadata };
  return { state: 'stored', key: `${asset.path}.${extension}`, head, extension };
}

/** Enough of an error page to recognise it, without characters that could act on a terminal or in a log. */
function excerpt(bytes: Buffer): string {
  return bytes
    .toString('utf8', 0, 80)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
}

/** The quarantine key: for bytes that are not media or not complete, kept for a person to judge. */
function quarantineOf(job: TransferJob): TargetObject {
  const { taskId, asset } = job;
  const head = { contentType: 'application/octet-stream', metadata: metadataOf(job) };
  return { state: 'quarantined', key: quarantineKey(taskId, asset), head, extension: null };
}

/** A host may cut a file once or twice; a file that always arrives like this is kept for a person to judge. */
const maxRefusals = 2;

function isHopeless({ asset, url }: TransferJob): boolean {
  const refusals = asset.attempts.filter(({ source, code }) => source === url && isRefusedMedia(code));
  return refusals.length >= maxRefusals;
}

function filled(bytes: Buffer | undefined): Buffer {
  if (bytes === undefined || bytes.length === 0) throw new TransferError('empty', 'the host sent no bytes');
  return bytes;
}

/** A file that may be small is buffered; one that turns out to be large continues as a stream. */
async function holdOrStream(context: TransferContext, opened: OpenedSource): Promise<Transferred> {
  const { job, buffers, partBytes } = context;
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
      ? storeInOnePut(context, targetObjectOf(job, first), pieces)
      : storeStream(context, largeTargetOf(job, first), opened, readOn(opened, pieces)));
  } finally {
    for (const buffer of held) buffers.giveBack(buffer);
  }
}

/** Stores a file that is buffered in memory: nothing of it is in the bucket before it is checked. */
async function storeInOnePut(
  { job, bucket }: TransferContext,
  target: TargetObject,
  pieces: readonly Buffer[],
): Promise<Transferred> {
  const totalBytes = pieces.reduce((sum, { length }) => sum + length, 0);
  const maxBytes = limits.assetBytes[job.asset.kind];
  const inspection = createInspection(startOf(target.extension, totalBytes), { maxBytes, isHashed: true });
  for (const piece of pieces) inspection.add(piece, crc32(piece));
  const { verified, state, key, head } = judged();
  const whole = inspection.whole();
  const checked = { ...head, crc32: inspection.checkpoint().crc32 };
  assertBetter(job.asset, verified, job.durationSeconds);
  const place = { bucket, key, owner: ownerOfJob(job), isDamaged: isDamaged(job.asset) };
  await publish({ ...place, whole }, async (condition) => {
    return (await bucket.write(key, pieces, checked, condition)) === false ? 'refused' : 'done';
  });
  return { state, key, contentType: head.contentType, ...verified, ...whole };

  /** A file that was rejected often enough is kept for a person to judge. */
  function judged(): TargetObject & { verified: VerifiedMedia } {
    try {
      return { ...target, verified: inspection.verify(job.durationSeconds) };
    } catch (error) {
      if (!isHopeless(job)) throw error;
      return { ...quarantineOf(job), verified: { suspect: null, measuredSeconds: null } };
    }
  }
}

// Transfers a large file from a host that does not support ranges, or whose ranges have no version: one stream, cut
// into parts. It cannot be resumed; any interruption starts it over.

async function storeStream(
  context: TransferContext,
  { state, key, head, extension }: TargetObject,
  { totalBytes }: OpenedSource,
  body: AsyncIterable<Buffer>,
): Promise<Transferred> {
  const { job, bucket, clock, log, ids, progress, partBytes } = context;
  const maxBytes = limits.assetBytes[job.asset.kind];
  const inspection = createInspection(startOf(extension, totalBytes), { maxBytes, isHashed: true });
  const sayProgress = throttle(clock, () => {
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
    const verified = await complete({ ...context, upload, key, parts, inspection });
    return { state, key, contentType: head.contentType, ...verified, ...inspection.whole() };
  } catch (error) {
    await progress.abandon();
    throw error;
  }
}

/**
 * Yields the bytes that were read already, then the rest, in the same memory: each part is valid until the next one
 * is requested.
 */
async function* readOn(opened: OpenedSource, pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
  const [buffer] = pieces;
  while (buffer !== undefined) {
    const bytes = await opened.read(buffer);
    if (bytes > 0) yield buffer.subarray(0, bytes);
    if (bytes < buffer.length) return;
  }
}
