// The speed limit of a connection, over all responses that it carries.

/** Timers are late by up to this much on a busy machine; the limit compensates for it. */
const latenessMs = 20;

export type Pace = {
  /** Starts a response: unused capacity from before is lost. */
  begin: () => void;
  /** Milliseconds until this many more bytes may be sent. */
  wait: (bytes: number) => number;
};

/** `now` in milliseconds. */
export function createPace(bytesPerSecond: number, now: () => number): Pace {
  // When everything requested so far has been sent.
  let readyAt = Number.NEGATIVE_INFINITY;
  return {
    begin() {
      readyAt = Math.max(readyAt, now());
    },
    wait(bytes) {
      // A client that pauses reading gains nothing.
      readyAt = Math.max(readyAt, now() - latenessMs) + (bytes / bytesPerSecond) * 1000;
      return Math.max(0, readyAt - now());
    },
  };
}
