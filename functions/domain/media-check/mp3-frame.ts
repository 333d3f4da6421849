// The four-byte header of MPEG audio frames, layers II and III, and the frame count that encoders announce in the
// first frame. http://www.mp3-tech.org/programmer/frame_header.html, http://gabriel.mp3-tech.org/mp3infotag.html

export type Frame = {
  bytes: number;
  seconds: number;
  /** Version, layer and sample rate: constant within a stream. */
  stream: number;
};

/**
 * By the bits of a header; 0 or nothing is reserved. A bit rate of 0 is "free": no encoder uses it, and its length is
 * unknown.
 */
const sampleRates = [
  [11025, 12000, 8000],
  [0, 0, 0],
  [22050, 24000, 16000],
  [44100, 48000, 32000],
];
const version1 = 3;
const layer3 = 1;
const layer2 = 2;
const kilobits = {
  version1Layer2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  version1Layer3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  version2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};

/** Null if these four bytes are not a frame header. */
export function frameAt(bytes: Buffer): Frame | null {
  const [sync, second, third] = [bytes.readUInt8(0), bytes.readUInt8(1), bytes.readUInt8(2)];
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  if (sync !== 0xff || second < 0xe0 || (layer !== layer2 && layer !== layer3)) return null;
  const rates =
    version !== version1 ? kilobits.version2 : layer === layer2 ? kilobits.version1Layer2 : kilobits.version1Layer3;
  const rate = sampleRates[version]?.[(third >> 2) & 3] ?? 0;
  const bitsPerSecond = 1000 * (rates[third >> 4] ?? 0);
  if (rate === 0 || bitsPerSecond === 0) return null;
  const samples = layer === layer3 && version !== version1 ? 576 : 1152;
  return {
    bytes: Math.floor(((samples / 8) * bitsPerSecond) / rate) + ((third >> 1) & 1),
    seconds: samples / rate,
    stream: ((second & 0x1e) << 8) | (third & 0x0c),
  };
}

/** Up to the frame count of a Xing or VBRI header. */
export const announcementBytes = 54;

/**
 * The number of following frames that the first frame announces. `frames` is null if it announces no number; the
 * result is null if the frame announces nothing and is audio itself.
 */
export function announcementIn(frame: Buffer): { frames: number | null } | null {
  // Xing follows the side information, whose size depends on version and channels; 34 and 23, 38 with a checksum.
  const xing = [13, 15, 21, 23, 36, 38].find((at) => /^(Xing|Info)$/.test(frame.toString('latin1', at, at + 4)));
  if (xing !== undefined) return { frames: xing + 12 <= frame.length ? xingFrames(frame.subarray(xing)) : null };
  if (frame.toString('latin1', 36, 40) !== 'VBRI' || frame.length < announcementBytes) return null;
  return { frames: frame.readUInt32BE(50) };
}

/** Zero is left by an encoder that could not seek back to fill it in. */
function xingFrames(xing: Buffer): number | null {
  const hasFrames = (xing.readUInt32BE(4) & 1) === 1;
  return hasFrames ? xing.readUInt32BE(8) || null : null;
}
