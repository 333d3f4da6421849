// Transfers a large file in ranges from where it stopped, in this invocation or an earlier one (P8). S3 knows which
// parts have arrived; the record knows the version of the file and the state of the inspection.

import { settleAll } from '../../domain/concurrency.ts';
import { encodeCrc32 } from '../../domain/crc32-combine.ts';
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { TransferProgress } from '../../domain/record.ts';
import type { MeasureCpuHeadroom, OpenedSource, Part, RangeConnection } from '../../ports.ts';
import type { StartedUpload, Transferred } from './context.ts';
import { type TransferContext, throttle } from './context.ts';
import { createInspection, type Inspection, type VerifiedMedia } from './inspection.ts';
import { storeParts } from './parts.ts';
import { complete } from './publish.ts';

/** A source that was just opened, and how many of its bytes are in the buffer already. */
export type ResumedSource = { opened: OpenedSource; bytes: number };

/** `buffer`: working memory for one part. `opening`: null if an earlier invocation started the transfer. */
export async function resumeTransfer(
  context: TransferContext,
  kept: StartedUpload,
  buffer: Buffer,
  opening: ResumedSource | null,
): Promise<Transferred> {
  const { job, bucket, progress, clock, log, ids, source, signal, stopping, measureCpuHeadroom } = context;
  const { key, uploadId, version, totalBytes, checkedParts } = kept;
  const inspection = inspectionOf(kept, limits.assetBytes[job.asset.kind]);
  const upload = bucket.upload(key, uploadId);
  const standing = opening === null ? await upload.parts() : [];
  if (standing === undefined) return await alreadyThere(context, kept, inspection);
  const arrived = usable(standing, kept);
  if (opening === null) log('info', 'transfer.resumed', { ...ids, parts: arrived.length, ofBytes: totalBytes });
  const sayProgress = throttle(clock, () => {
    log('info', 'transfer.progress', { ...ids, bytes: inspection.checkpoint().bytes, ofBytes: totalBytes });
  });

  const connectRange = () => source.connectRange(job.url, { signal, version, totalBytes });
  const reader = createRangeReader({
    ...{ connectRange, opened: opening?.opened ?? null, measureCpuHeadroom, signal },
    most: kept.connections ?? limits.connections,
  });
  const rest = { from: arrived.length * kept.partBytes, already: opening?.bytes ?? 0, totalBytes };
  try {
    const parts = await storeParts(readRanges({ reader, buffer, stopping, ...rest }), {
      ...{ upload, inspection, arrived, checkedParts },
      onChecked: async (checkedParts) => {
        const { crc32, structure } = inspection.checkpoint();
        const at = clock.now().toISOString();
        await progress.keep({ ...kept, checkedParts, crc32, structure, at, ...reader.lowered() });
        sayProgress();
      },
    });
    const verified = await complete({ job, bucket, upload, key, parts, inspection });
    return transferred(kept, inspection, verified);
  } finally {
    reader.close();
  }
}

function inspectionOf(
  { checkedParts, partBytes, totalBytes, crc32, structure }: TransferProgress,
  maxBytes: number,
): Inspection {
  const bytes = Math.min(checkedParts * partBytes, totalBytes);
  return createInspection({ bytes, crc32, structure }, { maxBytes, isHashed: false });
}

/** The upload no longer exists: an earlier invocation may have completed it without recording that. */
async function alreadyThere(
  { job, bucket }: TransferContext,
  kept: TransferProgress,
  inspection: Inspection,
): Promise<Transferred> {
  const whole = inspection.whole();
  const found = whole.bytes === kept.totalBytes ? await bucket.head(kept.key) : undefined;
  if (found?.taskId !== job.taskId || found.bytes !== whole.bytes || found.crc32 !== encodeCrc32(kept.crc32)) {
    throw new TransferError('upload_gone', 'the upload of this file was ended elsewhere; it starts over');
  }
  return transferred(kept, inspection, inspection.verify(job.durationSeconds));
}

function transferred(
  { key, contentType }: TransferProgress,
  inspection: Inspection,
  verified: VerifiedMedia,
): Transferred {
  const state = key.startsWith('quarantine/') ? 'quarantined' : 'stored';
  return { state, key, contentType, ...verified, ...inspection.whole() };
}

/** The longest sequence of complete parts from the first one, without gaps, that the inspection has seen. */
function usable(standing: readonly Part[], { partBytes, totalBytes, checkedParts }: TransferProgress): Part[] {
  const gap = standing.findIndex(({ number, bytes }, index) => {
    return number !== index + 1 || bytes !== Math.min(partBytes, totalBytes - index * partBytes);
  });
  return standing.slice(0, gap === -1 ? checkedParts : Math.min(gap, checkedParts));
}

type Options = {
  connectRange: () => RangeConnection;
  /** A source that was just opened: its first bytes are read from it. */
  opened: OpenedSource | null;
  measureCpuHeadroom: MeasureCpuHeadroom;
  signal: AbortSignal;
  /** The maximum number of connections. */
  most: number;
};

type RangeReader = {
  fill(into: Buffer, from: number): Promise<void>;
  /** The number of connections that the host accepts, if it refused more. */
  lowered(): { connections?: number };
  close(): void;
};

/** A shorter measurement is unreliable: CPU limits are enforced in slices of up to 100 ms. */
const tellingMs = 200;

// Reads a file in ranges, with as many connections as are useful.

/** A process that is idle for more than this share of the time does not limit the transfer. */
const idleEnough = 0.75;

/**
 * Fills one part after the other. Uses one connection until this process turns out to be mostly idle; then several
 * connections share each part. On a host that is fast enough, more connections cost CPU and gain nothing; and one that
 * refuses some of them is asked over the others.
 */
function createRangeReader({ connectRange, opened, measureCpuHeadroom, signal, ...options }: Options): RangeReader {
  let connections: RangeConnection[] = [];
  let { most } = options;
  let opening = opened;
  let wanted = 1;
  /** Reading time since the last decision. */
  const spent = { ms: 0, idleMs: 0 };

  const connectionAt = (index: number) => {
    connections[index] ??= connectRange();
    return connections[index];
  };
  const watchNeed = () => {
    const timeSpent = measureCpuHeadroom();
    return () => {
      const { ms, idleMs } = timeSpent();
      spent.ms += ms;
      spent.idleMs += idleMs;
      if (spent.ms < tellingMs) return;
      if (spent.idleMs / spent.ms > idleEnough) wanted = most;
      Object.assign(spent, { ms: 0, idleMs: 0 });
    };
  };

  /** Returns the number of bytes read from the opened source; checks often whether more connections would help. */
  async function fillFromOpening(into: Buffer): Promise<number> {
    let filled = 0;
    while (opening !== null && filled < into.length) {
      const piece = into.subarray(filled, filled + limits.sniffBytes);
      const decide = watchNeed();
      const bytes = await opening.read(piece);
      decide();
      filled += bytes;
      if (bytes === piece.length && wanted === 1) continue;
      opening.close();
      opening = null;
    }
    return filled;
  }

  async function fillByConnections(into: Buffer, from: number): Promise<void> {
    const decide = watchNeed();
    const pieceBytes = Math.max(Math.ceil(into.length / wanted), limits.minimumRangeBytes);
    const starts = Array.from({ length: Math.ceil(into.length / pieceBytes) }, (_, index) => index * pieceBytes);
    const pieces = starts.map((start) => ({ into: into.subarray(start, start + pieceBytes), from: from + start }));
    const refused = new Set<number>();
    await settleAll(
      pieces.map(async (piece, index) => {
        try {
          await connectionAt(index).fill(piece.into, piece.from);
        } catch (error) {
          if (pieces.length === 1 || signal.aborted || !isRefusal(error)) throw error;
          refused.add(index);
        }
      }),
    );
    decide();
    if (refused.size === 0) return;
    // Only what a single connection meets says something about the source.
    withoutRefused(refused, pieces.length);
    for (const index of refused) {
      const piece = pieces[index];
      if (piece !== undefined) await connectionAt(0).fill(piece.into, piece.from);
    }
  }

  /** Keeps the connections that worked, and opens no more from now on; half of them, if none worked. */
  function withoutRefused(refused: ReadonlySet<number>, asked: number): void {
    const isKept = (index: number) => index < asked && !refused.has(index);
    for (const [index, connection] of connections.entries()) if (!isKept(index)) connection.close();
    connections = connections.filter((_connection, index) => isKept(index));
    most = connections.length || Math.max(1, Math.floor(asked / 2));
    wanted = most;
  }

  return {
    async fill(into, from) {
      const filled = await fillFromOpening(into);
      if (filled < into.length) await fillByConnections(into.subarray(filled), from + filled);
    },
    lowered: () => (most < limits.connections ? { connections: most } : {}),
    close() {
      for (const connection of connections) connection.close();
    },
  };
}

/** A failure that more connections than the host accepts may have caused. */
function isRefusal(error: unknown): boolean {
  return error instanceof TransferError && error.code !== 'changed';
}

type Ranges = {
  reader: RangeReader;
  /** Has the length of a part. */
  buffer: Buffer;
  /** The offset to continue from, of which `already` bytes are in the buffer. */
  from: number;
  already: number;
  totalBytes: number;
  stopping: AbortSignal;
};

/**
 * Yields the rest of the file in parts, each valid until the next one is requested. @throws TransferError
 * `unfinished`
 */
async function* readRanges({ reader, buffer, from, already, totalBytes, stopping }: Ranges) {
  let there = already;
  for (let at = from; at < totalBytes; at += buffer.length) {
    if (stopping.aborted) throw new TransferError('unfinished', `${at} of ${totalBytes} bytes have come so far`);
    const into = buffer.subarray(0, Math.min(buffer.length, totalBytes - at));
    await reader.fill(into.subarray(there), at + there);
    there = 0;
    yield into;
  }
}
