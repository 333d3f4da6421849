// The result of one check: a sentence for people and, if it failed, what to do.

export type CheckFinding =
  | { outcome: 'proved'; detail: string }
  | { outcome: 'failed'; detail: string; advice: string }
  | { outcome: 'not checked'; detail: string };

export const proved = (detail: string): CheckFinding => ({ outcome: 'proved', detail });

export const failed = (detail: string, advice: string): CheckFinding => ({ outcome: 'failed', detail, advice });

export const notChecked = (detail: string): CheckFinding => ({ outcome: 'not checked', detail });

/** Proved if there are no problems; otherwise failed, with all of them. */
export function findingOf(problems: readonly string[], whole: string, advice: string): CheckFinding {
  return problems.length === 0 ? proved(whole) : failed(problems.join(' '), advice);
}

const seconds = 1000;

/** All counted from the start: a person waits at a terminal, and monitoring systems allow a program a minute. */
export const doctorLimits = {
  /** The provider's limit for the response to a callback (sunoapi.org, "Callbacks"). */
  answerMs: 15 * seconds,
  /** By then the callback must be stored and its song archived: a cold start, a poll of the queue, a download. */
  archivedMs: 35 * seconds,
  /** By then the repeated callback must be processed. */
  repeatedMs: 43 * seconds,
  /** Checks that are still running then have failed. */
  checksMs: 45 * seconds,
  /** After that: cleaning up. */
  cleanUpMs: 10 * seconds,
  /** The polling interval. */
  lookMs: 500,
  /** The archiver may still write while the task is removed, so a second listing follows after this time. */
  secondLookMs: 1 * seconds,
};

/** No connection was established, so nothing was sent. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}
