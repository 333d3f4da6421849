import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../domain/crc32.ts';

/** Bytes, CRC32 (base64 of its 4 bytes, as S3 writes it) and SHA-256 (hex) of a file. */
export type Whole = { bytes: number; crc32: string; sha256: string };

/** Adds up a file that passes in parts. */
export function createChecksum() {
  const hash = createHash('sha256');
  let bytes = 0;
  let crc = 0;
  return {
    bytes: () => bytes,
    add(part: Uint8Array) {
      hash.update(part);
      crc = crc32(part, crc);
      bytes += part.length;
    },
    whole(): Whole {
      return { bytes, crc32: encodeCrc32(crc), sha256: hash.copy().digest('hex') };
    },
  };
}
