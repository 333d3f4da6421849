export type Waiting = { limitMs: number; everyMs: number; now: () => number; pause: (ms: number) => Promise<unknown> };

/** Waits until nothing is missing; after the limit it throws with what still is. */
export async function waitFor(missing: () => Promise<readonly string[]>, waiting: Waiting): Promise<void> {
  const { limitMs, everyMs, now, pause } = waiting;
  const giveUpAt = now() + limitMs;
  for (;;) {
    const left = await missing();
    if (left.length === 0) return;
    if (now() >= giveUpAt) throw new Error(`gave up after ${limitMs / 1000} s: ${left.join('; ')}`);
    await pause(everyMs);
  }
}
