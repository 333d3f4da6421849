// Delays of retries and polls, in milliseconds. `jitter` is a random number from 0 to 1, so that tasks that failed
// together are not retried together.

const second = 1000;

const minute = 60 * second;

const hour = 60 * minute;

/** Delays after the first temporary failures; after that, `lastStep` until the deadline. */
const steps = [1 * minute, 5 * minute, 30 * minute, 2 * hour, 6 * hour] as const;

const lastStep = 12 * hour;

/** The share of a step that jitter adds at most. */
const spread = 0.2;

/**
 * After the given number of failed attempts (1 or more). A longer `Retry-After` is honoured up to the last step: an
 * absurd one must not cost the file.
 */
export function retryDelayMs(failedAttempts: number, jitter: number, retryAfterMs: number): number {
  const step = steps[Math.max(1, failedAttempts) - 1] ?? lastStep;
  return Math.max(step, Math.min(retryAfterMs, lastStep)) * (1 + spread * jitter);
}

/** A provider that is down or throttles us, and one that does not accept our key. */
const leastDelays = { unavailable: 5 * minute, refused: 1 * hour } as const;

/**
 * The providers allow one poll per 30 s: for 5 minutes, then every 5 minutes for an hour, and so on until the deadline.
 */
const pollSteps = [
  { upTo: 10, delay: 30 * second },
  { upTo: 22, delay: 5 * minute },
  { upTo: 34, delay: 30 * minute },
  { upTo: Infinity, delay: 6 * hour },
] as const;

/** After this many polls without news. */
export function pollDelayMs(
  polls: number,
  jitter: number,
  trouble: { outcome: keyof typeof leastDelays; retryAfterMs: number | null } | null = null,
): number {
  const step = pollSteps.find(({ upTo }) => polls <= upTo)?.delay ?? lastStep;
  const least = trouble === null ? 0 : Math.max(leastDelays[trouble.outcome], trouble.retryAfterMs ?? 0);
  return Math.max(step, Math.min(least, lastStep)) * (1 + spread * jitter);
}

/**
 * For a message whose processing failed because a service is down. SQS hides it for 12 hours at most, from its receipt.
 */
export function requeueDelayMs(receives: number): number {
  return steps[Math.max(1, receives) - 1] ?? lastStep - 30 * minute;
}

// Keys of markers. A marker says that a task is due: an empty object `schedule/<dueAt>/<task>`. Keys sort by time, so
// due tasks are listed first.

/** `dueAt`: ISO 8601 in UTC, whole seconds. `task`: the task's id as in keys. */
export type Marker = { dueAt: string; task: string };

export const scheduleFolder = 'schedule/';

/** Basic ISO 8601, without colons, which some file systems refuse: `schedule/20261120T180411Z/2fac5d0e…`. */
export function scheduleKey({ dueAt, task }: Marker): string {
  return `${scheduleFolder}${dueAt.replace(/[-:]|\.\d+/g, '')}/${task}`;
}

/** Undefined if the key is no marker of this project. */
export function markerOf(key: string): Marker | undefined {
  const found = /^schedule\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\/([A-Za-z0-9._-]{1,128})$/.exec(key);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, task = ''] = found;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time) || /^\.+$/.test(task)) return undefined;
  const marker = { dueAt: new Date(time).toISOString(), task };
  // `Date.parse` reads 31 February as 3 March: its marker would have another key, and this one could never be removed.
  return scheduleKey(marker) === key ? marker : undefined;
}

/** Rounded up to a full second, so that no marker is due before its task. */
export function markerTime(at: Date | string | number): string {
  return new Date(Math.ceil(new Date(at).getTime() / 1000) * 1000).toISOString();
}
