// Conditional requests: the compare-and-swap on which the product's records and objects depend.
import { AwsError } from '../aws-json.ts';
import { noSuchKey, notImplemented, preconditionFailed, type S3Headers } from './call.ts';

export type WriteCondition = { readonly ifMatch?: string; readonly ifNoneMatch?: '*' };

export function writeCondition(headers: S3Headers): WriteCondition {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw notImplemented("writes with If-None-Match other than '*'");
  return { ifMatch: headers['if-match'], ifNoneMatch };
}

type Version = { readonly etag: string };

/** Returns undefined if the write is allowed for the current version. */
export function writeProblem(condition: WriteCondition, key: string, current?: Version): AwsError | undefined {
  const { ifMatch, ifNoneMatch } = condition;
  if (ifNoneMatch && current) return preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return undefined;
  if (!current) return noSuchKey(key);
  return names(ifMatch, current) ? undefined : preconditionFailed('If-Match');
}

/** ETags are compared without quotes: S3 accepts both forms. */
function names(header: string, { etag }: Version): boolean {
  return header.split(',').some((each) => each.trim() === '*' || unquoted(each) === unquoted(etag));
}

export function unquoted(etag: string): string {
  return etag.trim().replaceAll('"', '');
}

export function readVerdict(headers: S3Headers, current: Version): 'send' | 'not-modified' {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && !names(ifMatch, current)) throw preconditionFailed('If-Match');
  return ifNoneMatch !== undefined && names(ifNoneMatch, current) ? 'not-modified' : 'send';
}

// The headers that an object stores and returns unchanged.

const kept = ['content-type', 'content-disposition', 'content-language', 'content-encoding', 'cache-control'];

/** These would change what the request means, so they are rejected instead of ignored. */
const refused =
  /^x-amz-(copy-source|tagging|object-lock|write-offset-bytes|website-redirect|server-side-encryption-customer)/;

export function refuseHeaders(headers: S3Headers): void {
  const unknown = Object.keys(headers).find((name) => refused.test(name));
  if (unknown) throw notImplemented(`requests with ${unknown}`);
}

export function keptHeaders(headers: S3Headers): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value !== undefined && (kept.includes(name) || name.startsWith('x-amz-meta-')) ? [[name, value] as const] : [],
  );
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(pairs) };
}

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
