// The contract of the transfer engine, and the context that its steps share.
import type { Asset, TransferProgress } from '../../domain/record.ts';
import type { Bucket, Clock, Log, MeasureCpuHeadroom, ObjectHead, Source } from '../../ports.ts';

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

/** `durationSeconds`: the file's duration according to the callback. */
export type TransferJob = {
  taskId: string;
  title: string;
  durationSeconds: number | null;
  asset: Asset;
  url: string;
};

export type Transferred = {
  state: 'stored' | 'quarantined';
  key: string;
  bytes: number;
  crc32: string;
  /** Hex; null if the file was read in ranges. */
  sha256: string | null;
  contentType: string;
  suspect: string | null;
  measuredSeconds: number | null;
};

/**
 * Stores the progress of a large file in its record, so that any invocation can resume it. @throws TransferError
 * `superseded`
 */
export type SaveProgress = (progress: TransferProgress | null) => Promise<void>;

export type TransferOptions = {
  /** Once aborted, nothing new is started; work in progress is finished. */
  stopping: AbortSignal;
  /** Once aborted, work in progress is dropped. */
  signal: AbortSignal;
  save: SaveProgress;
};

/** Transfers one source to one object, completely or not at all. @throws TransferError */
export type Transfer = (job: TransferJob, options: TransferOptions) => Promise<Transferred>;

/** Progress with a known upload id. */
export type StartedUpload = TransferProgress & { uploadId: string };

export type ProgressStore = {
  now(): TransferProgress | null;
  /** Starts an upload. Recorded before and after, so that a crash in between cannot orphan an upload. */
  begin(plan: Omit<TransferProgress, 'uploadId'>, head: ObjectHead): Promise<StartedUpload>;
  keep(progress: TransferProgress): Promise<void>;
  /** Discards the progress: first in the record, so that no invocation resumes it, then the upload in the bucket. */
  abandon(): Promise<void>;
  /** Keeps what a later attempt can resume. */
  afterFailure(error: unknown): Promise<void>;
};

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
  /** Reads without ranges: those of this source have not worked. */
  inOneStream: boolean;
  signal: AbortSignal;
  stopping: AbortSignal;
};
