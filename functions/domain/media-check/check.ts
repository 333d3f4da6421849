// Checks whether a file is complete, as far as its structure shows. One checker per family of formats, selected by
// the extension of the media type; without a checker only the number of bytes is known.
import * as z from 'zod';
import { missingBytes, type StructureVerdict, unknown } from './checker.ts';
import { jpeg, jpegState, png, pngState } from './images.ts';
import { mp3, mp3State } from './mp3.ts';
import { mp4, mp4State } from './mp4.ts';
import { riff, riffState } from './riff.ts';

const uncheckedState = z.object({
  format: z.literal('unchecked'),
  extension: z.string(),
  totalBytes: z.number().nullable(),
  bytes: z.number(),
});

/** The state of a check, stored in the record: plain JSON, under 1 KB whatever the bytes were. */
export const structureState = z.discriminatedUnion('format', [
  mp3State,
  mp4State,
  riffState,
  jpegState,
  pngState,
  uncheckedState,
]);
export type StructureState = z.infer<typeof structureState>;

const checkers: Record<string, { start(totalBytes: number | null): StructureState }> = {
  mp3,
  mp4,
  m4a: mp4,
  wav: riff,
  webp: riff,
  jpeg,
  png,
};

/** `extension` is the media type's; `totalBytes` is the source's, or null if it sent none. */
export function startCheck(extension: string, totalBytes: number | null): StructureState {
  return checkers[extension]?.start(totalBytes) ?? { format: 'unchecked', extension, totalBytes, bytes: 0 };
}

/** Parts may have any size, and several processes may add them in turn. */
export function addToCheck(state: StructureState, part: Uint8Array): StructureState {
  switch (state.format) {
    case 'mp3':
      return mp3.add(state, part);
    case 'mp4':
      return mp4.add(state, part);
    case 'riff':
      return riff.add(state, part);
    case 'jpeg':
      return jpeg.add(state, part);
    case 'png':
      return png.add(state, part);
    case 'unchecked':
      return { ...state, bytes: state.bytes + part.length };
  }
}

export function endCheck(state: StructureState): StructureVerdict {
  switch (state.format) {
    case 'mp3':
      return mp3.end(state);
    case 'mp4':
      return mp4.end(state);
    case 'riff':
      return riff.end(state);
    case 'jpeg':
      return jpeg.end(state);
    case 'png':
      return png.end(state);
    case 'unchecked':
      return missingBytes(state) ?? unknown(`the structure of ${state.extension} files is not checked`);
  }
}
