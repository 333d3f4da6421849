// How long to wait, in milliseconds. `jitter` is a random number from 0 to 1: those who failed together do not come back together.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** At most so much longer than the step says. */
const spread = 0.2;

/** After a passing failure, wait this long; after these, `lastStep` again and again until the deadline. */
const steps = [1 * minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour] as const;
const lastStep = 12 * hour;

/**
 * After the given number of failed attempts (1 or more). A host that wants to be left alone for longer is, up to the last
 * step: an absurd `Retry-After` must not cost the file.
 */
export function retryDelayMs(failedAttempts: number, jitter: number, retryAfterMs: number): number {
  const step = steps[Math.max(1, failedAttempts) - 1] ?? lastStep;
  return Math.max(step, Math.min(retryAfterMs, lastStep)) * (1 + spread * jitter);
}

/** The providers want to be asked every 30 s at most. That for 5 minutes, then for an hour, for 6, and until the deadline. */
const askSteps = [
  { upTo: 10, delay: 30 * second },
  { upTo: 22, delay: 5 * minute },
  { upTo: 34, delay: 30 * minute },
  { upTo: Infinity, delay: 6 * hour },
] as const;
/** A provider that is down, or has been asked too often, and one that does not accept our key. */
const leastDelays = { unavailable: 5 * minute, refused: 1 * hour } as const;

/** After having asked a provider so often in a row without news. */
export function pollDelayMs(
  asked: number,
  jitter: number,
  trouble: { outcome: keyof typeof leastDelays; retryAfterMs: number | null } | null = null,
): number {
  const step = askSteps.find(({ upTo }) => asked <= upTo)?.delay ?? lastStep;
  const least = trouble === null ? 0 : Math.max(leastDelays[trouble.outcome], trouble.retryAfterMs ?? 0);
  return Math.max(step, Math.min(least, lastStep)) * (1 + spread * jitter);
}

/** A message that could not be worked off because a neighbour is down. SQS hides it for 12 hours at most, from its receipt. */
export function requeueDelayMs(receives: number): number {
  return steps[Math.max(1, receives) - 1] ?? lastStep - 30 * minute;
}
