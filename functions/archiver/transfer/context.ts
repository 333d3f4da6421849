import type { Bucket, Clock, Log, MeasureCpuHeadroom, Source, TransferJob } from '../../ports.ts';
import type { ProgressStore } from './progress-store.ts';

/** How often progress is logged: a video of 500 MB takes about a minute. */
const progressMs = 5_000;

/** Runs `say` at most once in this interval. */
export function throttle(clock: Clock, say: () => void): () => void {
  let last = clock.now().getTime();
  return () => {
    const now = clock.now().getTime();
    if (now - last < progressMs) return;
    last = now;
    say();
  };
}

/** The context that all steps of one transfer share. */
export type TransferContext = {
  job: TransferJob;
  /** For the log. */
  ids: { taskId: string; trackId: string | null; kind: string };
  source: Source;
  bucket: Bucket;
  clock: Clock;
  log: Log;
  measureCpuHeadroom: MeasureCpuHeadroom;
  progress: ProgressStore;
  buffers: BufferPool;
  partBytes: number;
  signal: AbortSignal;
  stopping: AbortSignal;
};

/**
 * A pool of part buffers: allocating a buffer costs more than filling it. The pool has no limit of its own: a
 * transfer holds at most `limits.partsHeldWhole` buffers, and `limits.transfersAtOnce` transfers run at once.
 */
export type BufferPool = { take(): Buffer; giveBack(buffer: Buffer): void };

export function createBufferPool(bytes: number): BufferPool {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(bytes),
    giveBack: (buffer) => void free.push(buffer),
  };
}
