// The common part of all structure checks: a fold over the bytes of a file that ends in a verdict.

export type Verdict =
  | { state: 'whole'; durationSeconds: number | null }
  /** A positive sign of damage: a cut, or an announced length that the file does not reach. */
  | { state: 'broken'; reason: string }
  | { state: 'unknown'; reason: string };

/**
 * A fold over a file in parts of any size; the cuts between parts make no difference. The state is plain JSON of a
 * few hundred bytes, so another process can continue.
 */
export type Checker<State> = {
  /** `totalBytes`: what the source promised; null if it did not. */
  start(totalBytes: number | null): State;
  add(state: State, part: Uint8Array): State;
  end(state: State): Verdict;
};

export const whole = (durationSeconds: number | null): Verdict => ({ state: 'whole', durationSeconds });
export const broken = (reason: string): Verdict => ({ state: 'broken', reason });
export const unknown = (reason: string): Verdict => ({ state: 'unknown', reason });

/** Damage that does not depend on the format. */
export function shortfall({ bytes, totalBytes }: { bytes: number; totalBytes: number | null }): Verdict | null {
  if (bytes === 0) return broken('the file is empty');
  return totalBytes !== null && bytes < totalBytes ? broken(`only ${bytes} of ${totalBytes} bytes came`) : null;
}

/**
 * No compressed data ends in this many zero bytes, but a cut file that was filled up to its length does. Encoders and
 * hosts pad to a sector or a block, 4096 bytes at most.
 */
const paddingBytes = 4096;
export const endsInZeros = ({ zeroTail }: { zeroTail: number }): boolean => zeroTail > paddingBytes;
