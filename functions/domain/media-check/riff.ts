// RIFF: WAV and WebP. "RIFF", size, form, then chunks (id, size, data, a zero if the size is odd).
// https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff-
// https://developers.google.com/speed/webp/docs/riff_container
import * as z from 'zod';
import {
  broken,
  type Checker,
  completeFile,
  endsInZeros,
  missingBytes,
  type StructureVerdict,
  startWalk,
  toTheEnd,
  unknown,
  walk,
  walkOn,
} from './checker.ts';

export const riffState = walk.extend({
  format: z.literal('riff'),
  next: z.enum(['file', 'chunk', 'pad']),
  form: z.string(),
  /** The end of the file according to its header; null if the header has no size. */
  fileEnd: z.number().nullable(),
  chunk: z.string(),
  chunkEnd: z.number(),
  /** Whether the main chunk was found. */
  hasContent: z.boolean(),
  /** 0 if unknown. */
  bytesPerSecond: z.number(),
  /** The start of a WAV's audio data and its declared end; null until found, or if it declares none. */
  soundStart: z.number().nullable(),
  soundEnd: z.number().nullable(),
});
type RiffState = z.infer<typeof riffState>;

const content: Record<string, readonly string[]> = { WAVE: ['data'], WEBP: ['VP8 ', 'VP8L', 'ANMF'] };

/** Written by encoders that cannot seek back to the header: 0 (many), all ones (ffmpeg), nearly 2^31 (sox). */
const saysNothing = (size: number) => size === 0 || size >= 0xffffff00 || (size >= 0x7ffff000 && size <= 0x7fffffff);

export const riff: Checker<RiffState> = {
  start: (totalBytes) => ({
    ...startWalk(totalBytes, 12),
    format: 'riff',
    next: 'file',
    form: '',
    fileEnd: null,
    chunk: '',
    chunkEnd: 0,
    hasContent: false,
    bytesPerSecond: 0,
    soundStart: null,
    soundEnd: null,
  }),
  add: (state, part) => walkOn(state, part, looks),
  end: (state) => missingBytes(state) ?? signOfCut(state) ?? judge(state),
};

const looks = (state: RiffState, bytes: Buffer, offset: number) => lookAt[state.next](state, bytes, offset);

const lookAt = {
  file(state: RiffState, bytes: Buffer): void {
    const size = bytes.readUInt32LE(4);
    state.fileEnd = saysNothing(size) ? null : 8 + size;
    state.form = bytes.toString('latin1', 8, 12);
    moveTo(state, 'chunk', 12);
  },

  chunk(state: RiffState, bytes: Buffer, offset: number): void {
    const id = bytes.toString('latin1', 0, 4);
    const size = bytes.readUInt32LE(4);
    const isAfterFile = state.hasContent && state.fileEnd !== null && offset >= state.fileEnd;
    if (isAfterFile || !/^[\x20-\x7e]{4}$/.test(id)) {
      state.skip = toTheEnd;
      return;
    }
    if (id === 'fmt ' && bytes.length < 8 + 12) {
      state.need = 8 + 12;
      return;
    }
    if (id === 'fmt ' && hasEvenRate(bytes.readUInt16LE(8))) state.bytesPerSecond = bytes.readUInt32LE(8 + 8);
    if (content[state.form]?.includes(id)) state.hasContent = true;
    state.chunk = id;
    state.chunkEnd = offset + 8 + size;
    moveTo(state, size % 2 === 0 ? 'chunk' : 'pad', 8 + size);
    if (id === 'data') startSound(state, offset + 8, size);
  },

  /** Some writers omit the padding byte; then the next chunk starts here. */
  pad(state: RiffState, bytes: Buffer): void {
    moveTo(state, 'chunk', bytes[0] === 0 ? 1 : 0);
  },
};

/**
 * PCM, floats, A-law, µ-law, extensible. For other codecs the rate is a guess: ffmpeg's for ADPCM is a third too
 * high.
 */
const hasEvenRate = (tag: number) => [0x0001, 0x0003, 0x0006, 0x0007, 0xfffe].includes(tag);

const sizes = { file: 12, chunk: 8, pad: 1 };

function moveTo(state: RiffState, next: RiffState['next'], skip: number): void {
  state.next = next;
  state.need = sizes[next];
  state.skip = skip;
}

function startSound(state: RiffState, start: number, size: number): void {
  state.soundStart = start;
  state.soundEnd = saysNothing(size) ? null : start + size;
  if (!saysNothing(size)) return;
  state.chunkEnd = start;
  state.skip = toTheEnd;
}

/** Careless writers get one of the two sizes wrong; a cut file falls short of both. */
function signOfCut({ bytes, fileEnd, chunk, chunkEnd, hasContent }: RiffState): StructureVerdict | null {
  const isShort = fileEnd === null || fileEnd > bytes;
  if (isShort && chunkEnd > bytes) return broken(`the chunk "${chunk}" lacks ${chunkEnd - bytes} bytes`);
  if (isShort && !hasContent) return broken('the RIFF file ends before its content');
  return null;
}

function judge(state: RiffState): StructureVerdict {
  const { form, bytes, fileEnd, chunk, hasContent } = state;
  if (!hasContent) return unknown(`no content found in the RIFF file of form "${form}"`);
  if (form === 'WAVE') return completeFile(secondsOf(state));
  // One byte less means that the padding of a last chunk with odd size was omitted.
  if (fileEnd !== null && fileEnd > bytes + 1) return broken(`the WebP lacks ${fileEnd - bytes} bytes`);
  if (endsInZeros(state) && content.WEBP?.includes(chunk)) return broken('the picture ends in zeros');
  return completeFile(null);
}

function secondsOf({ bytes, soundStart, soundEnd, bytesPerSecond }: RiffState): number | null {
  if (soundStart === null || bytesPerSecond === 0) return null;
  return (Math.min(bytes, soundEnd ?? bytes) - soundStart) / bytesPerSecond;
}
