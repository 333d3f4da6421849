/**
 * Resolves with the promise's value, or with undefined if that takes longer than the limit; the promise itself is not
 * cancelled.
 */
export async function settledWithin<T>(limitMs: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), limitMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
