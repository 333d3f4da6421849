// Combines the CRC32 of two byte strings into that of their concatenation: the checksum of an object follows from
// those of its parts, without reading a byte again.
//
// A CRC register has 32 bits, and the effect of a zero bit on it is linear over GF(2), where addition is XOR. For A
// followed by B: crc(AB) = crc(A) advanced by as many zero bits as B has, XOR crc(B). A linear map of 32 bits is a
// matrix of 32 columns; advancing by n zero bytes is the matrix of one zero byte to the power n, which squaring
// computes in log2(n) steps.

export function crc32Combine(crcOfA: number, crcOfB: number, lengthOfB: number): number {
  let moved = crcOfA;
  let rest = lengthOfB;
  // Halved by division: a length may exceed the 32 bits of shifts. A register of zeros stays zero.
  for (let n = 0; rest > 0 && moved !== 0; n++, rest = Math.floor(rest / 2)) {
    const step = zeroBytesTo(n);
    if (rest % 2 === 1) moved = times(step, moved);
  }
  return (moved ^ crcOfB) >>> 0;
}

/** Column i is the image of a register in which only bit i is set. */
type Matrix = Uint32Array;

/** The polynomial of zlib's CRC32, lowest bit first. */
const polynomial = 0xedb88320;

/** The register shifts right by one; a bit that falls out comes back as the polynomial. */
const oneZeroBit: Matrix = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? polynomial : 2 ** (bit - 1)));

/** The effect of 2^n zero bytes, by n: each is the square of the one before, computed when first needed. */
const zeroBytes: Matrix[] = [square(square(square(oneZeroBit)))];

function zeroBytesTo(n: number): Matrix {
  const made = zeroBytes[n] ?? square(zeroBytesTo(n - 1));
  zeroBytes[n] = made;
  return made;
}

function square(matrix: Matrix): Matrix {
  return matrix.map((column) => times(matrix, column));
}

function times(matrix: Matrix, register: number): number {
  return matrix.reduce((sum, column, bit) => ((register >>> bit) & 1 ? sum ^ column : sum), 0);
}

/** A CRC32 as S3 writes it: base64 of its 4 bytes, most significant first. */
export function encodeCrc32(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

export function decodeCrc32(text: string): number {
  return Buffer.from(text, 'base64').readUInt32BE();
}
