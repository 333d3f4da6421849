import type { Clock } from '../../ports.ts';

/** How often progress is logged: a video of 500 MB takes about a minute. */
const progressMs = 5_000;

/** Runs `say` at most once in this interval. */
export function everyNow(clock: Clock, say: () => void): () => void {
  let last = clock.now().getTime();
  return () => {
    const now = clock.now().getTime();
    if (now - last < progressMs) return;
    last = now;
    say();
  };
}
