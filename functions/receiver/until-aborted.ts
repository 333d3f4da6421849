/**
 * What the work comes to, or a rejection as soon as the signal is aborted, whatever the work still waits for: Lambda stops the
 * process with the answer, and a line that is written after it may be one for the next request, or never.
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
