// PNG: a signature, then chunks (length, type, data, CRC) up to IEND. https://www.w3.org/TR/png-3/#5DataRep
import * as z from 'zod';
import { broken, type Checker, shortfall, whole } from './checker.ts';
import { startWalk, toTheEnd, walk, walkOn } from './walk.ts';

export const pngState = walk.extend({
  format: z.literal('png'),
  hasPicture: z.boolean(),
  /** Where IEND ends; what follows does not matter. */
  end: z.number().nullable(),
  /** Where a chunk should start and none does. */
  lostAt: z.number().nullable(),
});
type PngState = z.infer<typeof pngState>;

const signatureBytes = 8;
/** Length, type and CRC. */
const frameBytes = 12;
const maxLength = 2 ** 31 - 1;

export const png: Checker<PngState> = {
  start(totalBytes) {
    const atFirstChunk = { ...startWalk(totalBytes, 8), skip: signatureBytes };
    return { ...atFirstChunk, format: 'png', hasPicture: false, end: null, lostAt: null };
  },
  add: (state, part) => walkOn(state, part, look),
  end(state) {
    const missing = shortfall(state);
    if (missing !== null) return missing;
    if (state.lostAt !== null) return broken(`no PNG chunk begins at byte ${state.lostAt}, where one must`);
    if (state.end === null || state.end > state.bytes) return broken('the PNG ends before its last chunk, IEND');
    return state.hasPicture ? whole(null) : broken('the PNG has no picture in it (IDAT)');
  },
};

function look(state: PngState, bytes: Buffer, offset: number): void {
  const length = bytes.readUInt32BE(0);
  const type = bytes.toString('latin1', 4, 8);
  if (length > maxLength || !/^[A-Za-z]{4}$/.test(type)) {
    state.lostAt = offset;
    state.skip = toTheEnd;
    return;
  }
  if (type === 'IDAT') state.hasPicture = true;
  if (type === 'IEND') state.end = offset + frameBytes + length;
  state.skip = type === 'IEND' ? toTheEnd : frameBytes + length;
}
