// How fast a connection may be, over all the answers that it carries one after the other.

/** A timer wakes up late, by this much on a busy machine; what that costs is made up for. */
const latenessMs = 20;

export type Pace = {
  /** An answer begins: what the connection did not use before is lost. */
  begin: () => void;
  /** How long it takes, from now, until so many more bytes have come: milliseconds. */
  wait: (bytes: number) => number;
};

/** `now` in milliseconds. */
export function createPace(bytesPerSecond: number, now: () => number): Pace {
  // When all that was asked for so far has come.
  let readyAt = Number.NEGATIVE_INFINITY;
  return {
    begin() {
      readyAt = Math.max(readyAt, now());
    },
    wait(bytes) {
      // A client that does not read for a while gains nothing by it.
      readyAt = Math.max(readyAt, now() - latenessMs) + (bytes / bytesPerSecond) * 1000;
      return Math.max(0, readyAt - now());
    },
  };
}
