// The common part of all structure checks: a fold over the bytes of a file that ends in a verdict.
import * as z from 'zod';

export type StructureVerdict =
  | { state: 'whole'; durationSeconds: number | null }
  /** A positive sign of damage: a cut, or an announced length that the file does not reach. */
  | { state: 'broken'; reason: string }
  | { state: 'unknown'; reason: string };

export const broken = (reason: string): StructureVerdict => ({ state: 'broken', reason });

export const unknown = (reason: string): StructureVerdict => ({ state: 'unknown', reason });

/** Damage that does not depend on the format. */
export function missingBytes({
  bytes,
  totalBytes,
}: {
  bytes: number;
  totalBytes: number | null;
}): StructureVerdict | null {
  if (bytes === 0) return broken('the file is empty');
  return totalBytes !== null && bytes < totalBytes ? broken(`only ${bytes} of ${totalBytes} bytes arrived`) : null;
}

/**
 * No compressed data ends in this many zero bytes, but a cut file that was filled up to its length does. Encoders and
 * hosts pad to a sector or a block, 4096 bytes at most.
 */
const paddingBytes = 4096;

export const endsInZeros = ({ zeroTail }: { zeroTail: number }): boolean => zeroTail > paddingBytes;

// A walk over a file from header to header. At each header the format says how far the next one is; the bytes between
// are skipped, so payload costs nothing.

export const walk = z.object({
  totalBytes: z.number().nullable(),
  /** The number of bytes added so far. */
  bytes: z.number(),
  /** The number of coming bytes before the next header. */
  skip: z.number(),
  /** The number of bytes of the next header. */
  need: z.number(),
  /** After `skip`, seek the next 0xFF, with which MP3 frames and JPEG markers start. */
  seeking: z.boolean(),
  /** The start of a header whose rest has not arrived; hexadecimal. Always shorter than `need`. */
  held: z.string(),
  /** The number of zero bytes at the end so far. */
  zeroTail: z.number(),
});

export type Walk = z.infer<typeof walk>;

/** Farther than the end of any file. */
export const toTheEnd = Number.MAX_SAFE_INTEGER;

export const startWalk = (totalBytes: number | null, need: number): Walk => ({
  totalBytes,
  bytes: 0,
  skip: 0,
  need,
  seeking: false,
  held: '',
  zeroTail: 0,
});

/**
 * Reads the header of `need` bytes at `offset` and sets in place where the next one is: `skip` from `offset`, `need`,
 * `seeking`. A call that skips nothing must increase `need`, or the walk would never end.
 */
type OnHeader<State extends Walk> = (state: State, bytes: Buffer, offset: number) => void;

export function walkOn<State extends Walk>(from: State, part: Uint8Array, onHeader: OnHeader<State>): State {
  const state = structuredClone(from);
  const fresh = Buffer.from(part.buffer, part.byteOffset, part.length);
  // Copies the part only if it starts inside a header; at most once per part.
  const bytes = state.held === '' ? fresh : Buffer.concat([Buffer.from(state.held, 'hex'), fresh]);
  const offset = state.bytes + fresh.length - bytes.length;
  let at = 0;
  for (;;) {
    const step = Math.min(state.skip, bytes.length - at);
    at += step;
    state.skip -= step;
    if (state.seeking && state.skip === 0) at = nextFF(bytes, at);
    if (bytes.length - at < state.need || state.skip > 0) break;
    onHeader(state, bytes.subarray(at, at + state.need), offset + at);
  }
  state.held = bytes.toString('hex', at);
  state.bytes += fresh.length;
  const zeros = zerosAtEnd(fresh);
  state.zeroTail = zeros === fresh.length ? state.zeroTail + zeros : zeros;
  return state;
}

/** The last 0xFF of a row: FF FF starts neither a frame of layer II or III nor a marker; it is fill. */
function nextFF(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  if (at === -1) return bytes.length;
  while (bytes[at + 1] === 0xff) at++;
  return at;
}

function zerosAtEnd(bytes: Buffer): number {
  let zeros = 0;
  while (zeros < bytes.length && bytes[bytes.length - 1 - zeros] === 0) zeros++;
  return zeros;
}

/**
 * A fold over a file in parts of any size; the cuts between parts make no difference. The state is plain JSON of a
 * few hundred bytes, so another process can continue.
 */
export type Checker<State> = {
  /** `totalBytes`: what the source promised; null if it did not. */
  start(totalBytes: number | null): State;
  add(state: State, part: Uint8Array): State;
  end(state: State): StructureVerdict;
};

export const completeFile = (durationSeconds: number | null): StructureVerdict => ({ state: 'whole', durationSeconds });
