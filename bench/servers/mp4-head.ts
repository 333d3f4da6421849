// The header of an MP4 whose payload is everything that follows, with a 64-bit length: a WAV cannot exceed 4 GB.
// ISO/IEC 14496-12.

/** The declared rate of the payload: a megabyte per second. */
const bytesPerSecond = 1_000_000;
/** Brand, minor version and two compatible brands after the box's header. */
const ftypBytes = 24;
const mvhdBytes = 108;
const moovBytes = 8 + mvhdBytes;
const mdatHeaderBytes = 16;

/** The description comes first, so that the file can be checked while it is read. */
export function mp4Head(fileBytes: number): Buffer {
  const head = Buffer.alloc(ftypBytes + moovBytes + mdatHeaderBytes);
  head.writeUInt32BE(ftypBytes, 0);
  head.write('ftypisom', 4);
  head.write('isommp42', 16);
  writeMoov(head.subarray(ftypBytes), fileBytes / bytesPerSecond);
  const mdat = head.subarray(ftypBytes + moovBytes);
  // A size of 1: the real size follows the name.
  mdat.writeUInt32BE(1, 0);
  mdat.write('mdat', 4);
  mdat.writeBigUInt64BE(BigInt(fileBytes - ftypBytes - moovBytes), 8);
  return head;
}

function writeMoov(moov: Buffer, seconds: number): void {
  moov.writeUInt32BE(moovBytes, 0);
  moov.write('moov', 4);
  const mvhd = moov.subarray(8);
  mvhd.writeUInt32BE(mvhdBytes, 0);
  mvhd.write('mvhd', 4);
  // Units per second, and the number of units.
  mvhd.writeUInt32BE(1000, 20);
  mvhd.writeUInt32BE(Math.round(seconds * 1000), 24);
  // Normal speed and volume, no transformation, and no track.
  mvhd.writeUInt32BE(0x10000, 28);
  mvhd.writeUInt16BE(0x100, 32);
  for (const [at, value] of [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].entries()) {
    mvhd.writeUInt32BE(value, 44 + 4 * at);
  }
  mvhd.writeUInt32BE(1, 104);
}
