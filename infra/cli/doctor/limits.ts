const seconds = 1000;

/** All from the start: a person waits at a terminal, and monitoring gives a program a minute. */
export const doctorLimits = {
  /** What the provider gives a callback (sunoapi.org, "Callbacks"). */
  answerMs: 15 * seconds,
  /** By when the callback must be kept and its song archived: a cold start, a poll of the queue, a download. */
  archivedMs: 35 * seconds,
  /** By when the same callback must be worked off once more. */
  repeatedMs: 43 * seconds,
  /** What has not ended by then has failed. */
  checksMs: 45 * seconds,
  /** After that: cleaning up. */
  cleanUpMs: 10 * seconds,
  /** How often it is looked. */
  lookMs: 500,
  /** A last write of the archiver may come while its task is being removed; so long after it, it is looked once more. */
  secondLookMs: 1 * seconds,
};
