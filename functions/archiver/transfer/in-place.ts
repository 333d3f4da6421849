// Retries failures that may pass in seconds, a few times, within the invocation.
import { toTransferError, type Verdict, verdicts } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Pause } from '../../ports.ts';

const passing: readonly Verdict[] = ['at-once', 'start-over'];

type Options = {
  /** A counter that grows with progress. The retry budget resets only when it exceeds its previous maximum. */
  progress: () => number;
  pause: Pause;
  signal: AbortSignal;
};

export async function inPlace<T>(run: () => Promise<T>, { progress, pause, signal }: Options): Promise<T> {
  let furthest = progress();
  for (let failures = 0; ; failures++) {
    try {
      return await run();
    } catch (thrown) {
      if (progress() > furthest) failures = 0;
      furthest = Math.max(furthest, progress());
      const delayMs = limits.inPlaceDelaysMs[failures];
      const { code, retryAfterMs } = toTransferError(thrown);
      const isPassing = passing.includes(verdicts[code]);
      if (!isPassing || delayMs === undefined || (retryAfterMs ?? 0) > delayMs || signal.aborted) throw thrown;
      await pause(delayMs, signal);
    }
  }
}
