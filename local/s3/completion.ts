// Checks whether the parts named in CompleteMultipartUpload make an object, computes that object, and compares it
// with what the client promised.

import { createHash } from 'node:crypto';
import { AwsError } from '../aws-json.ts';
import type { Joined } from './bucket-files.ts';
import type { S3Headers } from './call.ts';
import { xmlContents, xmlText } from './call.ts';
import { type Checksum, crc32Value, declaredDigests } from './checksum.ts';
import { unquoted } from './conditions.ts';
import type { StoredPart } from './upload-store.ts';

export type PartClaim = { readonly number: number; readonly etag: string; readonly crc32?: string };

/** What the client declares about the complete object, if anything. */
type PromisedWhole = { readonly size?: number; readonly crc32?: string };

export type JoinedObject = { readonly size: number; readonly etag: string; readonly checksum: Checksum };

/** S3's minimum size of any part but the last. */
const minPartBytes = 5 * 1024 ** 2;

export function readPartClaims(xml: string): PartClaim[] {
  return xmlContents(xml, 'Part').map((part) => ({
    number: Number(xmlText(part, 'PartNumber')),
    etag: unquoted(xmlText(part, 'ETag') ?? ''),
    crc32: xmlText(part, 'ChecksumCRC32'),
  }));
}

export function chooseParts(claims: readonly PartClaim[], stored: readonly StoredPart[]): StoredPart[] {
  if (claims.length === 0) throw new AwsError('MalformedXML', 'Name at least one part.');
  if (claims.some(({ number }, index) => number <= (claims[index - 1]?.number ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'Name the parts once each, in ascending order.');
  }
  const known = new Map(stored.map((part) => [part.number, part]));
  const chosen = claims.map((claim) => {
    const part = known.get(claim.number);
    if (part && isAsClaimed(part, claim)) return part;
    throw new AwsError('InvalidPart', `Part ${claim.number} was never sent, or is another than the one named.`);
  });
  const small = chosen.slice(0, -1).find(({ size }) => size < minPartBytes);
  if (!small) return chosen;
  throw new AwsError('EntityTooSmall', `Part ${small.number} has ${small.size} bytes; only the last may have so few.`);
}

function isAsClaimed(part: StoredPart, { etag, crc32 }: PartClaim): boolean {
  return part.md5 === etag && (crc32 === undefined || crc32 === crc32Value(part.crc32));
}

export function describeWhole(parts: readonly StoredPart[], { size, crc32 }: Joined): JoinedObject {
  const md5s = Buffer.from(parts.map(({ md5 }) => md5).join(''), 'hex');
  return {
    size,
    etag: `"${createHash('md5').update(md5s).digest('hex')}-${parts.length}"`,
    checksum: { algorithm: 'CRC32', value: crc32Value(crc32) },
  };
}

export function readPromise(headers: S3Headers): PromisedWhole {
  const { crc32, sha256 } = declaredDigests(headers);
  if (sha256 !== undefined) throw new AwsError('InvalidRequest', 'A multipart object is checked by CRC32, not SHA256.');
  const size = headers['x-amz-mp-object-size'];
  return { size: size === undefined ? undefined : Number(size), crc32 };
}

export function verifyWhole(promised: PromisedWhole, { size, checksum }: JoinedObject): void {
  if (promised.size !== undefined && promised.size !== size) {
    throw new AwsError('InvalidRequest', `The parts have ${size} bytes together, not ${promised.size}.`);
  }
  if (promised.crc32 === undefined || promised.crc32 === checksum.value) return;
  throw new AwsError('BadDigest', `The parts have the CRC32 ${checksum.value} together, not ${promised.crc32}.`);
}
