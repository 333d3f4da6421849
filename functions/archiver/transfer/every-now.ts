import type { Clock } from '../../ports.ts';

/** A video of 500 MB takes a minute or so; this is how often the log says how far it is. */
const progressMs = 5_000;

/** Runs `say` at most once in so long. */
export function everyNow(clock: Clock, say: () => void): () => void {
  let last = clock.now().getTime();
  return () => {
    const now = clock.now().getTime();
    if (now - last < progressMs) return;
    last = now;
    say();
  };
}
