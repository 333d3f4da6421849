// The header of a box: 32 bits of size and four letters, then 64 bits of size where the first ones say 1.
// ISO/IEC 14496-12, 4.2.

export type Box = {
  type: string;
  headerBytes: number;
  /** With the header. */
  size: number;
  /** Does not say its size: it is all that comes. */
  isOpen: boolean;
};

/** How many bytes the header takes. */
export const headerBytesOf = (bytes: Buffer): number => (bytes.readUInt32BE(0) === 1 ? 16 : 8);

/** `room`: how far the box can reach, where it is to reach the end (size 0). Null where no box begins. */
export function boxAt(bytes: Buffer, room: number): Box | null {
  const type = bytes.toString('latin1', 4, 8);
  const headerBytes = headerBytesOf(bytes);
  const said = headerBytes === 16 ? Number(bytes.readBigUInt64BE(8)) : bytes.readUInt32BE(0);
  const size = said === 0 ? room : Math.min(said, Number.MAX_SAFE_INTEGER);
  return /^[\x20-\x7e\xa9]{4}$/.test(type) && size >= headerBytes
    ? { type, headerBytes, size, isOpen: said === 0 }
    : null;
}
