// Accepts or rejects object keys. S3 allows nearly any text; here a key is a path below the bucket's folder, so a key
// that is not a plain relative path is rejected instead of being stored in a different place.

import { AwsError } from '../aws-error.ts';

/** S3's limit. */
const maxKeyBytes = 1024;

/** The limit of ext4, APFS and NTFS (there in characters). */
const maxSegmentBytes = 255;

const segmentRules: readonly [name: string, breaks: (segment: string) => boolean][] = [
  ['an empty path segment', (segment) => segment === ''],
  ["the path segment '.' or '..'", (segment) => segment === '.' || segment === '..'],
  ['a NUL', (segment) => segment.includes('\0')],
  ['a backslash', (segment) => segment.includes('\\')],
  [`a path segment over ${maxSegmentBytes} bytes`, (segment) => Buffer.byteLength(segment) > maxSegmentBytes],
];

export function keyProblem(key: string): AwsError | undefined {
  const bytes = Buffer.byteLength(key);
  if (bytes > maxKeyBytes) {
    return new AwsError('KeyTooLongError', `The key has ${bytes} bytes; ${maxKeyBytes} are the most.`);
  }
  const segments = key.split('/');
  const broken = segmentRules.find(([, breaks]) => segments.some(breaks));
  if (!broken) return undefined;
  return new AwsError(
    'InvalidArgument',
    `The key holds ${broken[0]}: the local S3 keeps objects as files, use another key.`,
  );
}

/** S3 lists keys in the order of their UTF-8 bytes; JavaScript compares UTF-16, which differs for emoji. */
export function compareKeys(a: string, b: string): number {
  // Without surrogates both orders are the same, and a folder of ten thousand files is sorted ten times as fast.
  if (!hasSurrogate(a) && !hasSurrogate(b)) return a === b ? 0 : a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const hasSurrogate = (text: string) => /[\ud800-\udfff]/.test(text);

/** Sorts after every key with this prefix: it ends in the last code point. */
export function endOfPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
