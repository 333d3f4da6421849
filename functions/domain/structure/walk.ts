// The walk over a file from header to header. A format says at each header how far the next one is; what lies between
// is skipped without being looked at, so that payload costs nothing.
import * as z from 'zod';

export const walk = z.object({
  totalBytes: z.number().nullable(),
  /** How many have come. */
  bytes: z.number(),
  /** How many of the bytes to come lie before the next header. */
  skip: z.number(),
  /** How many bytes the next look takes. */
  need: z.number(),
  /** After `skip`, run on to the next 0xFF, which begins the frames of MP3 and the markers of JPEG. */
  seeking: z.boolean(),
  /** The start of a header whose rest has not come; hexadecimal. Always shorter than `need`. */
  held: z.string(),
  /** How many zero bytes the file ends in. */
  zeroTail: z.number(),
});
export type Walk = z.infer<typeof walk>;

/** Further than any file is long. */
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
 * Looks at the `need` bytes that begin at `offset`, and sets where to look next, in place: `skip` from `offset`, `need`,
 * `seeking`. A look that skips nothing must need more than before, or the walk would stand still.
 */
type Look<State extends Walk> = (state: State, bytes: Buffer, offset: number) => void;

export function walkOn<State extends Walk>(from: State, part: Uint8Array, look: Look<State>): State {
  const state = structuredClone(from);
  const fresh = Buffer.from(part.buffer, part.byteOffset, part.length);
  // Copies the part, but only where its start falls into a header; at most once per part.
  const bytes = state.held === '' ? fresh : Buffer.concat([Buffer.from(state.held, 'hex'), fresh]);
  const offset = state.bytes + fresh.length - bytes.length;
  let at = 0;
  for (;;) {
    const step = Math.min(state.skip, bytes.length - at);
    at += step;
    state.skip -= step;
    if (state.seeking && state.skip === 0) at = nextFF(bytes, at);
    if (bytes.length - at < state.need || state.skip > 0) break;
    look(state, bytes.subarray(at, at + state.need), offset + at);
  }
  state.held = bytes.toString('hex', at);
  state.bytes += fresh.length;
  const zeros = zerosAtEnd(fresh);
  state.zeroTail = zeros === fresh.length ? state.zeroTail + zeros : zeros;
  return state;
}

/** The last one of a row: what begins with FF FF is neither a frame of layer II or III nor a marker, but fill. */
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
