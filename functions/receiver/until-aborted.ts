/**
 * Resolves with the work's result, or rejects as soon as the signal aborts, whatever the work still waits for. Lambda
 * freezes the process after the response, so a log line written later would appear in the next request, or never.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const end = () => reject(new Error('the time was up'));
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
