import type { Library } from './library.ts';

/** While somebody watches, transfers move on this often. */
const tickMs = 2_000;
/** A bucket is listed a thousand keys at a time, which AWS charges for: ten thousand tasks are listed twice a minute. */
const relistMsPerPage = 3_000;
/** A bucket that does not answer is not asked again at once. */
const troubledMs = 10_000;

type Deps = {
  library: Pick<Library, 'look' | 'lookAtMoving' | 'pages' | 'setTrouble'>;
  isWatched: () => boolean;
  /** After each look that found all. */
  onLooked: () => Promise<void>;
  adviceOn: (error: unknown) => string;
  now: () => Date;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal: AbortSignal;
};

/** Follows what changes in the bucket until the signal ends it: at first, and then as long as somebody watches. */
export async function watch({ library, isWatched, onLooked, adviceOn, now, wait, signal }: Deps): Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      // A clock may also be set back, after a sleep of the machine for one.
      const isDue = Math.abs(now().getTime() - lookedAt) >= relistMsPerPage * library.pages();
      await (isDue ? library.look() : library.lookAtMoving());
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
