// Reads a file in ranges, by as many connections as it takes.
import { settleAll } from '../../domain/concurrency.ts';
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Lane, OpenedSource, WatchIdleTime } from '../../ports.ts';

/** A process that waits for more than this share of its time is not what sets the pace. */
const idleEnough = 0.75;
/** Less is not enough to tell: a limit on a process's CPU comes in slices of up to 100 ms. */
const tellingMs = 200;

export type RangeReader = { fill(into: Buffer, from: number): Promise<void>; close(): void };

type Options = {
  openLane: () => Lane;
  /** Where the file has just been opened: its first bytes still come from there. */
  opened: OpenedSource | null;
  watchIdleTime: WatchIdleTime;
};

/**
 * Fills part after part. One connection, until it shows that this process mostly waits for it: then the work of each
 * part is shared by several. More of them on a host that is fast enough would cost CPU and win nothing.
 */
export function createRangeReader({ openLane, opened, watchIdleTime }: Options): RangeReader {
  const lanes: Lane[] = [];
  let opening = opened;
  let wanted = 1;
  /** Of the time that was spent with reading, since it was last decided. */
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

  /** Returns how much came from there; looks often whether others should help. */
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
  /** As long as a part. */
  buffer: Buffer;
  /** From this byte on, of which so many are in the buffer already. */
  from: number;
  already: number;
  totalBytes: number;
  stopping: AbortSignal;
};

/** The rest of a file in parts, each valid until the next one is asked for. @throws TransferError `unfinished` */
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
