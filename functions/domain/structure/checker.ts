// What all checks of structure have in common: they fold over the bytes of a file, and say in the end what it is.

export type Verdict =
  | { state: 'whole'; durationSeconds: number | null }
  /** A positive bad sign: a cut, or an announced length that the file does not reach. */
  | { state: 'broken'; reason: string }
  | { state: 'unknown'; reason: string };

/**
 * A fold over a file that comes in parts of any size; where it is cut into parts makes no difference. The state is
 * plain JSON of a few hundred bytes, so another process can go on where this one stopped.
 */
export type Checker<State> = {
  /** `totalBytes`: what the source promised; null where it did not. */
  start(totalBytes: number | null): State;
  add(state: State, part: Uint8Array): State;
  end(state: State): Verdict;
};

export const whole = (durationSeconds: number | null): Verdict => ({ state: 'whole', durationSeconds });
export const broken = (reason: string): Verdict => ({ state: 'broken', reason });
export const unknown = (reason: string): Verdict => ({ state: 'unknown', reason });

/** What is broken whatever the format. */
export function shortfall({ bytes, totalBytes }: { bytes: number; totalBytes: number | null }): Verdict | null {
  if (bytes === 0) return broken('the file is empty');
  return totalBytes !== null && bytes < totalBytes ? broken(`only ${bytes} of ${totalBytes} bytes came`) : null;
}

/**
 * Nothing compressed ends in so many zero bytes; a file that was cut and filled up to its length does. Encoders and
 * hosts pad to a sector or a block, 4096 bytes at most.
 */
const paddingBytes = 4096;
export const endsInZeros = ({ zeroTail }: { zeroTail: number }): boolean => zeroTail > paddingBytes;
