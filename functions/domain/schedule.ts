const minute = 60_000;
const hour = 60 * minute;

/** After a passing failure, wait this long; after the last step, every 12 hours until the deadline. */
const steps = [1 * minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour, 12 * hour] as const;
const lastStep = 12 * hour;

/** How long to wait after the given number of failed attempts (1 or more), in milliseconds. */
export function retryDelayMs(failedAttempts: number): number {
  return steps[Math.max(1, failedAttempts) - 1] ?? lastStep;
}
