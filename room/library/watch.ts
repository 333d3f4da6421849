import type { TaskLibrary } from './library.ts';

/** How often transfers are updated while a page is open. */
const tickMs = 2_000;
/** S3 lists a thousand keys per request and charges for each: ten thousand tasks are listed twice a minute. */
const relistMsPerPage = 3_000;
/** The delay before the next request after the bucket failed to respond. */
const troubledMs = 10_000;

type Deps = {
  library: Pick<TaskLibrary, 'refresh' | 'refreshMoving' | 'pages' | 'setTrouble'>;
  isWatched: () => boolean;
  /** Called after each successful listing. */
  onLooked: () => Promise<void>;
  adviceOn: (error: unknown) => string;
  now: () => Date;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal: AbortSignal;
};

/** Polls the bucket for changes until the signal aborts: once at the start, then as long as a page is open. */
export async function watch({ library, isWatched, onLooked, adviceOn, now, wait, signal }: Deps): Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      // The absolute value, because the clock may be set back, for example after the machine was asleep.
      const isDue = Math.abs(now().getTime() - lookedAt) >= relistMsPerPage * library.pages();
      await (isDue ? library.refresh() : library.refreshMoving());
      if (isDue) lookedAt = now().getTime();
      library.setTrouble(null);
      if (isDue) await onLooked();
    } catch (error) {
      library.setTrouble(adviceOn(error));
      lookedAt = Number.NEGATIVE_INFINITY;
      await wait(troubledMs, signal);
    }
    do await wait(tickMs, signal);
    while (!signal.aborted && !isWatched());
  }
}
