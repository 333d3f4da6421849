// Files of any size that cost little to serve: a header, then one block of memory repeated. They are well formed,
// because the archiver checks them. The block consists of MP3 frames; in a WAV or MP4 file it is simply noise.
import { mp4Head } from './mp4-head.ts';

/** MPEG 1 layer III, 320 kbit/s, 48 kHz: 144 × 320,000 / 48,000 bytes, so that no frame is padded. */
const frameBytes = 960;
const frameHeader = Buffer.from([0xff, 0xfb, 0xe4, 0x04]);
const sideInfoBytes = 32;
const id3HeaderBytes = 10;
const wavHeaderBytes = 44;

/** Deliberately no divisor of usual part sizes, so that exchanged parts change the file's checksum. */
const block = makeBlock(4369);

const heads = { mp3: id3Tag, wav: wavHeader, mp4: mp4Head };
export type Format = keyof typeof heads;

export const isFormat = (text: string | undefined): text is Format => text !== undefined && Object.hasOwn(heads, text);

export type MediaFile = {
  bytes: number;
  /** The bytes between two offsets, as views of existing memory. */
  pieces: (from: number, to: number, pieceBytes?: number) => Generator<Buffer>;
};

/** Large enough to keep the work per piece small, small enough for a processor's cache. */
const usualPieceBytes = 256 * 1024;

export function mediaFile(format: Format, bytes: number): MediaFile {
  const head = heads[format](bytes);
  return {
    bytes,
    *pieces(from, to, pieceBytes = usualPieceBytes) {
      for (let at = from; at < to; ) {
        const [memory, offset] = at < head.length ? [head, at] : [block, (at - head.length) % block.length];
        const piece = memory.subarray(offset, offset + Math.min(pieceBytes, to - at));
        yield piece;
        at += piece.length;
      }
    },
  };
}

/** Frames of silence, whose content players ignore, so it can be noise. */
function makeBlock(frames: number): Buffer {
  const made = Buffer.alloc(frames * frameBytes);
  for (let at = 0, state = 1; at < made.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const inFrame = at % frameBytes;
    // Seven bits: no byte of the noise looks like the start of a frame.
    if (inFrame >= frameHeader.length + sideInfoBytes) made[at] = state >>> 25;
    else made[at] = frameHeader[inFrame] ?? 0;
  }
  return made;
}

/** ID3v2.4, all padding; its length makes the file end with a complete frame. */
function id3Tag(fileBytes: number): Buffer {
  const tag = Buffer.alloc(((fileBytes - id3HeaderBytes) % frameBytes) + id3HeaderBytes);
  const size = tag.length - id3HeaderBytes;
  tag.write('ID3\x04', 0, 'latin1');
  tag[8] = size >>> 7;
  tag[9] = size & 0x7f;
  return tag;
}

/** 44.1 kHz, 16 bits, stereo: http://soundfile.sapp.org/doc/WaveFormat/ */
export function wavHeader(fileBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  header.write('RIFF', 0);
  header.writeUInt32LE(fileBytes - 8, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(44_100, 24);
  header.writeUInt32LE(44_100 * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(fileBytes - wavHeaderBytes, 40);
  return header;
}
