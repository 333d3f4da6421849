// Failures that may be gone in seconds are met at once, a few times, before anybody waits for minutes.
import { toTransferError, type Verdict, verdicts } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { Pause } from '../../ports.ts';

const passing: readonly Verdict[] = ['at-once', 'start-over'];

type Options = {
  /** Whatever grows as the work gets on. Patience begins anew only beyond the furthest point that was ever reached. */
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
