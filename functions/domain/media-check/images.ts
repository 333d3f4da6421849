// JPEG: markers (FF xx), most with a segment, up to EOI; between them, after each SOS, entropy-coded data in which FF
// is always followed by 00 or a restart marker. So the next FF is the next place to inspect, and the EOI of a
// thumbnail is skipped with its segment. https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B
import * as z from 'zod';
import {
  broken,
  type Checker,
  completeFile,
  missingBytes,
  startWalk,
  toTheEnd,
  unknown,
  walk,
  walkOn,
} from './checker.ts';

export const jpegState = walk.extend({
  format: z.literal('jpeg'),
  hasScan: z.boolean(),
  /** EOI was found; what follows (other pictures, padding) does not matter. */
  hasEnded: z.boolean(),
});

type JpegState = z.infer<typeof jpegState>;

export const jpeg: Checker<JpegState> = {
  start(totalBytes) {
    return { ...startWalk(totalBytes, 2), seeking: true, format: 'jpeg', hasScan: false, hasEnded: false };
  },
  add: (state, part) => walkOn(state, part, onHeader),
  end(state) {
    const missing = missingBytes(state);
    if (missing !== null) return missing;
    if (!state.hasEnded) return broken('the JPEG ends before its end marker (EOI)');
    return state.hasScan ? completeFile(null) : unknown('no picture before the end marker of the JPEG');
  },
};

const endOfImage = 0xd9;

const startOfScan = 0xda;

function onHeader(state: JpegState, bytes: Buffer): void {
  const code = bytes.readUInt8(1);
  if (code === endOfImage) {
    state.hasEnded = true;
    state.seeking = false;
    state.skip = toTheEnd;
  } else if (standsAlone(code)) {
    state.need = 2;
    state.skip = 2;
  } else if (bytes.length < 4) {
    state.need = 4;
  } else {
    if (code === startOfScan) state.hasScan = true;
    state.need = 2;
    // A length includes its own two bytes; a smaller one is invalid, and libjpeg, too, continues with the next
    // marker.
    state.skip = 2 + Math.max(2, bytes.readUInt16BE(2));
  }
}

/** Stuffing, TEM, RST0 to RST7, SOI. */
const standsAlone = (code: number) => code === 0x00 || code === 0x01 || (code >= 0xd0 && code <= 0xd8);

// PNG: a signature, then chunks (length, type, data, CRC) up to IEND. https://www.w3.org/TR/png-3/#5DataRep

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
  add: (state, part) => walkOn(state, part, lookAtPng),
  end(state) {
    const missing = missingBytes(state);
    if (missing !== null) return missing;
    if (state.lostAt !== null) return broken(`no PNG chunk starts at byte ${state.lostAt}, where one must`);
    if (state.end === null || state.end > state.bytes) return broken('the PNG ends before its last chunk, IEND');
    return state.hasPicture ? completeFile(null) : broken('the PNG has no picture in it (IDAT)');
  },
};

function lookAtPng(state: PngState, bytes: Buffer, offset: number): void {
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
