// The digests by which S3 identifies a body: MD5 (the ETag), CRC32 (always, because that of a multipart object
// follows from its parts) and SHA-256 (if the client declares it). What arrived must match what the client declared.

import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../aws-json.ts';
import type { S3Headers } from './call.ts';
import { notImplemented } from './call.ts';

/** As S3 returns it: base64 of the digest, most significant byte first. */
export type Checksum = { readonly algorithm: 'CRC32' | 'SHA256'; readonly value: string };

export type Declared = { readonly md5?: string; readonly crc32?: string; readonly sha256?: string };

export type Digests = { readonly size: number; readonly md5: string; readonly crc32: number; readonly sha256?: string };

const aboutChecksums = ['x-amz-checksum-algorithm', 'x-amz-checksum-mode', 'x-amz-checksum-type'];

export function declaredDigests(headers: S3Headers): Declared {
  const declared = Object.keys(headers).filter((n) => n.startsWith('x-amz-checksum-') && !aboutChecksums.includes(n));
  const unknown = declared.find((name) => name !== 'x-amz-checksum-crc32' && name !== 'x-amz-checksum-sha256');
  if (unknown) throw notImplemented(`${unknown}; declare CRC32 or SHA256`);
  if (declared.length > 1) throw new AwsError('InvalidRequest', `Declare one checksum, not ${declared.join(' and ')}.`);
  return {
    md5: headers['content-md5'],
    crc32: headers['x-amz-checksum-crc32'],
    sha256: headers['x-amz-checksum-sha256'],
  };
}

export function startDigests({ sha256 }: { sha256: boolean }) {
  const md5 = createHash('md5');
  const sha = sha256 ? createHash('sha256') : undefined;
  let size = 0;
  let crc = 0;

  return {
    update(chunk: Uint8Array): void {
      size += chunk.length;
      crc = crc32(chunk, crc);
      md5.update(chunk);
      sha?.update(chunk);
    },
    end: (): Digests => ({ size, md5: md5.digest('hex'), crc32: crc, sha256: sha?.digest('base64') }),
  };
}

export function verifyDigests(declared: Declared, found: Digests): void {
  const rows = [
    ['Content-MD5', declared.md5, Buffer.from(found.md5, 'hex').toString('base64')],
    ['CRC32', declared.crc32, crc32Value(found.crc32)],
    ['SHA256', declared.sha256, found.sha256],
  ] as const;
  const wrong = rows.find(([, expected, actual]) => expected !== undefined && expected !== actual);
  if (wrong)
    throw new AwsError('BadDigest', `The bytes have the ${wrong[0]} ${wrong[2]}, not ${wrong[1]}: send again.`);
}

/** S3 keeps one checksum per object: the one that the client declared, else CRC32. */
export function keptChecksum({ crc32: crc, sha256 }: Digests): Checksum {
  return sha256 ? { algorithm: 'SHA256', value: sha256 } : { algorithm: 'CRC32', value: crc32Value(crc) };
}

export function crc32Value(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

export function checksumHeaders({ algorithm, value }: Checksum): Record<string, string> {
  return { [`x-amz-checksum-${algorithm.toLowerCase()}`]: value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}
