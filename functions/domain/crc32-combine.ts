// The CRC32 of two byte strings joined, from the CRC32 of each: this is how the checksum of a whole object follows from
// those of its parts, without reading a byte again.
//
// A CRC register is 32 bits, and what a zero bit does to it is linear over GF(2) (where adding is XOR). So for A followed
// by B: crc(AB) = crc(A) moved on by as many zero bits as B has, XOR crc(B). A linear map of 32 bits is a matrix of
// 32 columns; moving on by n zero bytes is the matrix of one zero byte to the power n, and squaring reaches that in
// log2(n) steps.

/** Column i is the image of a register in which only bit i is set. */
type Matrix = Uint32Array;

/** The polynomial of zlib's CRC32, lowest bit first. */
const polynomial = 0xedb88320;

/** The register shifts right by one; a bit that falls out comes back as the polynomial. */
const oneZeroBit: Matrix = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? polynomial : 2 ** (bit - 1)));

/** What 2^n zero bytes do, by n: each the square of the one before, and made when it is first needed. */
const zeroBytes: Matrix[] = [square(square(square(oneZeroBit)))];

export function crc32Combine(crcOfA: number, crcOfB: number, lengthOfB: number): number {
  let moved = crcOfA;
  let rest = lengthOfB;
  // Halved by division: a length may be more than the 32 bits that shifts know. Nothing moves a register of zeros.
  for (let n = 0; rest > 0 && moved !== 0; n++, rest = Math.floor(rest / 2)) {
    const step = zeroBytesTo(n);
    if (rest % 2 === 1) moved = times(step, moved);
  }
  return (moved ^ crcOfB) >>> 0;
}

function zeroBytesTo(n: number): Matrix {
  const made = zeroBytes[n] ?? square(zeroBytesTo(n - 1));
  zeroBytes[n] = made;
  return made;
}

function times(matrix: Matrix, register: number): number {
  return matrix.reduce((sum, column, bit) => ((register >>> bit) & 1 ? sum ^ column : sum), 0);
}

function square(matrix: Matrix): Matrix {
  return matrix.map((column) => times(matrix, column));
}
