// Compares a file that is read from start to end with the digest that its host sent, if it sent one.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { ReadableBody } from './decode.ts';
import type { SourceResponse } from './file-response.ts';

type Algorithm = 'sha512' | 'sha256' | 'md5';
export type FileDigest = { algorithm: Algorithm; value: Buffer };

/** The best first. */
const digestBytes: Readonly<Record<Algorithm, number>> = { sha512: 64, sha256: 32, md5: 16 };

type Read = (headers: IncomingHttpHeaders) => readonly { algorithm: string; value: Buffer }[];

/**
 * Whose digest is the one of these very bytes. A header that merely passed through a proxy may be that of other bytes,
 * and a false mismatch would lose a file: where in doubt, there is no digest.
 */
const readers: readonly Read[] = [
  // RFC 9530: `sha-256=:base64:`
  ({ 'repr-digest': text }) => listed(text, /^\s*([\w-]+)\s*=\s*:([\w+/=]+):\s*$/),
  // RFC 3230: `SHA-256=base64,md5=base64`
  ({ digest: text }) => listed(Array.isArray(text) ? text.join() : text, /^\s*([\w-]+)\s*=\s*([\w+/=]+)\s*$/),
  // RFC 1864
  ({ 'content-md5': text }) => listed(text, /^(\s*)([\w+/=]+)\s*$/, 'md5'),
  (headers) => (isOfGoogle(headers) ? listed(headers['x-goog-hash'], /^\s*(md5)=([\w+/=]+)\s*$/) : []),
  (headers) => (isMd5OfS3(headers) ? [digestOf('md5', headers.etag?.slice(1, -1) ?? '', 'hex')] : []),
];

/** `entry` matches a name and a value. */
function listed(text: string | string[] | undefined, entry: RegExp, algorithm?: Algorithm) {
  return [text ?? []].flat().flatMap((list) =>
    list.split(',').flatMap((one) => {
      const [, name = '', value] = entry.exec(one) ?? [];
      const named = algorithm ?? name.toLowerCase().replace('sha-', 'sha');
      return value === undefined ? [] : [digestOf(named, value, 'base64')];
    }),
  );
}

function digestOf(algorithm: string, value: string, encoding: 'base64' | 'hex') {
  return { algorithm, value: Buffer.from(value.trim(), encoding) };
}

/** Of the stored bytes, not of those that Cloud Storage decompressed; other servers may have changed the bytes. */
function isOfGoogle({
  server = 'UploadServer',
  'x-goog-stored-content-encoding': stored = 'identity',
}: IncomingHttpHeaders) {
  return server === 'UploadServer' && stored === 'identity';
}

/**
 * The ETag of S3 is an MD5 only of an object that was uploaded in one part and is encrypted by S3's own keys, which
 * S3 says of every object since 2023. Those of KMS, of S3 Express and of other stores only look like it.
 */
function isMd5OfS3(headers: IncomingHttpHeaders): boolean {
  const { server, etag = '', 'x-amz-server-side-encryption': key, 'x-amz-storage-class': storage } = headers;
  return server === 'AmazonS3' && key === 'AES256' && storage !== 'EXPRESS_ONEZONE' && /^"[\da-f]{32}"$/.test(etag);
}

/** The best digest of the file in the response that is complete and not encoded. */
export function digestIn({ statusCode, headers }: SourceResponse): FileDigest | null {
  // 203 and 226: not the bytes of the origin.
  if (statusCode !== 200 && statusCode !== 206) return null;
  const found = readers.flatMap((read) => read(headers));
  for (const algorithm of ['sha512', 'sha256', 'md5'] as const) {
    const isUsable = (one: (typeof found)[number]) =>
      one.algorithm === algorithm && one.value.length === digestBytes[algorithm];
    const [digest, ...others] = found.filter(isUsable);
    // Of two that contradict each other, one is wrong.
    if (digest === undefined || others.some(({ value }) => !value.equals(digest.value))) continue;
    return { algorithm, value: digest.value };
  }
  return null;
}

/**
 * Compares at the end of the file. The read that reaches it throws TransferError `wrong_digest` if it has another one.
 */
export function compareDigest(
  { read, close }: ReadableBody,
  { algorithm, value }: FileDigest,
  totalBytes: number | null,
): ReadableBody {
  if ((totalBytes ?? 0) > limits.digestedBytes) return { read, close };
  const hash = createHash(algorithm);
  let bytes = 0;
  let isOver = false;
  return {
    async read(into) {
      const filled = await read(into);
      if (isOver) return filled;
      bytes += filled;
      isOver = bytes > limits.digestedBytes;
      if (isOver) return filled;
      hash.update(into.subarray(0, filled));
      isOver = bytes === totalBytes || filled < into.length;
      if (!isOver || hash.digest().equals(value)) return filled;
      throw new TransferError(
        'wrong_digest',
        `the ${bytes} bytes do not have the ${algorithm} digest that the host sent`,
      );
    },
    close,
  };
}
