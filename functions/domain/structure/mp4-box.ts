// The header of a box: 32 bits of size and four letters, then 64 bits of size if the first size is 1. ISO/IEC
// 14496-12, 4.2.

export type Box = {
  type: string;
  headerBytes: number;
  /** Includes the header. */
  size: number;
  /** Has no size: it extends to the end of the file. */
  isOpen: boolean;
};

/** The length of the header. */
export const headerBytesOf = (bytes: Buffer): number => (bytes.readUInt32BE(0) === 1 ? 16 : 8);

/** `room`: how far a box without a size extends. Null if no box starts here. */
export function boxAt(bytes: Buffer, room: number): Box | null {
  const type = bytes.toString('latin1', 4, 8);
  const headerBytes = headerBytesOf(bytes);
  const said = headerBytes === 16 ? Number(bytes.readBigUInt64BE(8)) : bytes.readUInt32BE(0);
  const size = said === 0 ? room : Math.min(said, Number.MAX_SAFE_INTEGER);
  return /^[\x20-\x7e\xa9]{4}$/.test(type) && size >= headerBytes
    ? { type, headerBytes, size, isOpen: said === 0 }
    : null;
}
