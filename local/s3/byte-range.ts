import { AwsError } from '../aws-error.ts';

/** Both ends included, as in HTTP. */
export type ByteRange = { readonly start: number; readonly end: number };

/**
 * Returns undefined for the complete object: no range was sent, or one that S3 ignores too (several ranges, other
 * units, invalid ones).
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(?:(?<from>\d+)-(?<to>\d*)|-(?<last>\d+))$/.exec(header ?? '');
  if (!match?.groups) return undefined;
  const { from, to, last } = match.groups;
  const start = from === undefined ? Math.max(0, size - Number(last)) : Number(from);
  const end = Math.min(size - 1, to ? Number(to) : size - 1);

  if (to && Number(to) < start) return undefined;
  if (start >= size) {
    throw new AwsError('InvalidRange', `The object has ${size} bytes; ask for a range within them.`, { status: 416 });
  }
  return { start, end };
}
