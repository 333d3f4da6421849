import { doctorLimits } from '../limits.ts';

export type Waiting = { now(): Date; wait(ms: number, signal?: AbortSignal): Promise<void>; signal: AbortSignal };

/** What is found at last; undefined where it is not there by then. */
export async function waitUntil<T>(
  look: () => Promise<T | undefined>,
  giveUpAt: number,
  { now, wait, signal }: Waiting,
): Promise<T | undefined> {
  for (;;) {
    signal.throwIfAborted();
    const found = await look();
    if (found !== undefined || now().getTime() >= giveUpAt) return found;
    await wait(doctorLimits.lookMs, signal);
  }
}
