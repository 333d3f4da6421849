// Asynchronous work on many items at once, within a limit. None of it leaves work running behind when it throws.

type ConcurrencyOptions = {
  /** After so many failures no new item is started; 1 by default. */
  maxFailures?: number;
  /** Once aborted, no new item is started. */
  signal?: AbortSignal;
};

/**
 * Works on each item, on at most `limit` of them at a time.
 * @throws the first failure, after all work that was started has ended
 */
export async function forEachConcurrent<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
  { maxFailures = 1, signal }: ConcurrencyOptions = {},
): Promise<void> {
  const remaining = items[Symbol.iterator]();
  const failures: unknown[] = [];
  async function worker(): Promise<void> {
    while (signal?.aborted !== true && failures.length < maxFailures) {
      const next = remaining.next();
      if (next.done) return;
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Like `Promise.all`, but waits for all of them to end before it throws the first failure. */
export async function settleAll<T>(running: readonly (Promise<T> | T)[]): Promise<T[]> {
  await Promise.allSettled(running);
  return await Promise.all(running);
}

/**
 * Resolves with the work's result, or rejects as soon as the signal aborts, whatever the work still waits for. Lambda
 * freezes the process after the response, so a log line written later would appear in the next request, or never.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const end = () => reject(new Error('the time limit was reached'));
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
