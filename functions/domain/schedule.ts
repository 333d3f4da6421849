const minute = 60_000;
const hour = 60 * minute;

/**
 * Half a day, nearly: SQS hides a message for 12 hours at most, counted from its receipt, and the invocation that asks for
 * it may have run for a quarter of an hour.
 */
const lastStep = 11.5 * hour;

/** After a passing failure, wait this long; after these, `lastStep` again and again until the deadline. */
const steps = [1 * minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour] as const;

/** How long to wait after the given number of failed attempts (1 or more), in milliseconds. */
export function retryDelayMs(failedAttempts: number): number {
  return steps[Math.max(1, failedAttempts) - 1] ?? lastStep;
}
