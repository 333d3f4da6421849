// Reads a file in ranges, with as many connections as are useful.
import { settleAll } from '../../domain/concurrency.ts';
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Lane, OpenedSource, WatchIdleTime } from '../../ports.ts';

/** A process that is idle for more than this share of the time does not limit the transfer. */
const idleEnough = 0.75;
/** A shorter measurement is unreliable: CPU limits are enforced in slices of up to 100 ms. */
const tellingMs = 200;

export type RangeReader = { fill(into: Buffer, from: number): Promise<void>; close(): void };

type Options = {
  openLane: () => Lane;
  /** A source that was just opened: its first bytes are read from it. */
  opened: OpenedSource | null;
  watchIdleTime: WatchIdleTime;
};

/**
 * Fills one part after the other. Uses one connection until this process turns out to be mostly idle; then several
 * connections share each part. On a host that is fast enough, more connections cost CPU and gain nothing.
 */
export function createRangeReader({ openLane, opened, watchIdleTime }: Options): RangeReader {
  const lanes: Lane[] = [];
  let opening = opened;
  let wanted = 1;
  /** Reading time since the last decision. */
  const spent = { ms: 0, idleMs: 0 };

  const laneAt = (index: number) => {
    lanes[index] ??= openLane();
    return lanes[index];
  };
  const watchNeed = () => {
    const timeSpent = watchIdleTime();
    return () => {
      const { ms, idleMs } = timeSpent();
      spent.ms += ms;
      spent.idleMs += idleMs;
      if (spent.ms < tellingMs) return;
      if (spent.idleMs / spent.ms > idleEnough) wanted = limits.lanes;
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

  async function fillByLanes(into: Buffer, from: number): Promise<void> {
    const decide = watchNeed();
    const pieceBytes = Math.max(Math.ceil(into.length / wanted), limits.laneBytes);
    const starts = Array.from({ length: Math.ceil(into.length / pieceBytes) }, (_, index) => index * pieceBytes);
    await settleAll(starts.map((at, index) => laneAt(index).fill(into.subarray(at, at + pieceBytes), from + at)));
    decide();
  }

  return {
    async fill(into, from) {
      const filled = await fillFromOpening(into);
      if (filled < into.length) await fillByLanes(into.subarray(filled), from + filled);
    },
    close() {
      for (const lane of lanes) lane.close();
    },
  };
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
export async function* readRanges({ reader, buffer, from, already, totalBytes, stopping }: Ranges) {
  let there = already;
  for (let at = from; at < totalBytes; at += buffer.length) {
    if (stopping.aborted) throw new TransferError('unfinished', `${at} of ${totalBytes} bytes have come so far`);
    const into = buffer.subarray(0, Math.min(buffer.length, totalBytes - at));
    await reader.fill(into.subarray(there), at + there);
    there = 0;
    yield into;
  }
}
