import type { Bucket, Clock, Log, Source, TransferJob, WatchIdleTime } from '../../ports.ts';
import type { Buffers } from './buffers.ts';
import type { KeptProgress } from './kept-progress.ts';

/** The context that all steps of one transfer share. */
export type Passage = {
  job: TransferJob;
  /** For the log. */
  ids: { taskId: string; trackId: string | null; kind: string };
  source: Source;
  bucket: Bucket;
  clock: Clock;
  log: Log;
  watchIdleTime: WatchIdleTime;
  progress: KeptProgress;
  buffers: Buffers;
  partBytes: number;
  signal: AbortSignal;
  stopping: AbortSignal;
};
