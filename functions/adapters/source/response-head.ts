// Heads of responses: parsing their common form, and what they say about a file, its version and its ranges. Parsing
// is deliberately strict: it reads only the common form of HTTP/1.1 heads; everything else falls back to node:http.
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { assertUnencoded, badStatus } from './failures.ts';

/** The fields that are used; all others are skipped. */
const names = [
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'etag',
  'location',
  'retry-after',
  'transfer-encoding',
] as const;

type Name = (typeof names)[number];

export type ResponseHead = { statusCode: number; headers: Readonly<Partial<Record<Name, string>>> };

const statusLine = /^HTTP\/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** RFC 9112, 5: no space before the colon, no folded lines. */
const field = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** `head`: without the empty line at its end, as Latin-1. Null: not in the common form. */
export function parseHead(head: string): ResponseHead | null {
  const [status = '', ...lines] = head.split('\r\n');
  const [, code] = statusLine.exec(status) ?? [];
  if (code === undefined) return null;
  const headers: Partial<Record<Name, string>> = {};
  for (const line of lines) {
    const [, spelling, text = ''] = field.exec(line) ?? [];
    if (spelling === undefined) return null;
    const lowerCased = spelling.toLowerCase();
    const name = names.find((known) => known === lowerCased);
    if (name === undefined) continue;
    // A repeated field may have two meanings.
    if (headers[name] !== undefined) return null;
    headers[name] = text.startsWith(' ') ? text.slice(1) : text;
  }
  return { statusCode: Number(code), headers };
}

/** Whether this start of a head can still become one in the common form; otherwise its end is not awaited. */
export function mayBecomeHead(begun: string): boolean {
  const start = 'HTTP/1.1 ';
  return start.startsWith(begun.slice(0, start.length)) && !/(?<!\r)\n/.test(begun);
}

/** The length of the body, if Content-Length alone determines it; else null. */
export function plainLength({ headers }: ResponseHead): number | null {
  const { 'content-length': length = '', 'transfer-encoding': transfer } = headers;
  return transfer === undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** Whether the connection can be reused. */
export function isKept({ headers }: ResponseHead): boolean {
  return (headers.connection ?? 'keep-alive').toLowerCase() === 'keep-alive';
}

export type SourceResponse = { statusCode?: number | undefined; headers: IncomingHttpHeaders };

export type FirstRequest = {
  headers: Readonly<Record<string, string>>;
  /** The number of leading bytes to request; null: all. */
  aheadBytes: number | null;
};

// What a host's first response says: the file's size, the bytes of this response, and whether the rest can be read in
// ranges.

export type FirstResponse = {
  totalBytes: number | null;
  version: string | null;
  /** The bytes of this response. */
  promisedBytes: number | null;
};

/** Hosts reject the default names of libraries (403 for Python's was seen); this one names us, and stays the same. */
const usualHeaders = {
  'user-agent': 'Mozilla/5.0 (compatible; Trackkeeper/1.0; music archiver)',
  accept: '*/*',
  'accept-encoding': 'identity',
} as const;

/** For hosts that reject the above: a name that they hardly can reject, since their own staff uses it. */
const otherHeaders = { ...usualHeaders, 'user-agent': 'curl/8.14.1' } as const;

const underOtherName: FirstRequest = { headers: otherHeaders, aheadBytes: null };

const forAll: FirstRequest = { headers: usualHeaders, aheadBytes: null };

/**
 * Interprets the first response, or returns what to request instead; each request leads to another at most once.
 * @throws TransferError if the response is no answer to the request
 */
export function interpretFirstResponse(
  { statusCode = 0, headers }: SourceResponse,
  question: FirstRequest,
  maxBytes: number,
): FirstResponse | FirstRequest {
  const { aheadBytes } = question;
  if ((statusCode === 401 || statusCode === 403) && question !== underOtherName) return underOtherName;
  if (statusCode === 416 && aheadBytes !== null) return forAll;
  if (statusCode !== 200 && statusCode !== 206) throw badStatus(statusCode, headers);
  assertUnencoded(headers);
  const opening = statusCode === 200 ? completeFileIn(headers) : rangeIn(headers, aheadBytes ?? Infinity);
  if (opening === null && aheadBytes === null) throw badStatus(statusCode, headers);
  if ((opening?.totalBytes ?? 0) > maxBytes) {
    throw new TransferError('too_large', `the host promises more than ${maxBytes} bytes`);
  }
  return opening ?? forAll;
}

function completeFileIn({ 'content-length': length = '' }: IncomingHttpHeaders): FirstResponse {
  const bytes = /^\d+$/.test(length) ? Number(length) : null;
  return { totalBytes: bytes, version: null, promisedBytes: bytes };
}

/** Exactly the requested range, of a version that can be requested again, or the complete file; otherwise null. */
function rangeIn(headers: IncomingHttpHeaders, aheadBytes: number): FirstResponse | null {
  const found = parseContentRange(headers['content-range']);
  if (found === undefined) return null;
  const { first, last, totalBytes } = found;
  const promisedBytes = last + 1;
  const length = headers['content-length'] ?? String(promisedBytes);
  const version = strongETag(headers.etag);
  const isSound = first === 0 && length === String(promisedBytes) && promisedBytes === Math.min(aheadBytes, totalBytes);
  if (!isSound || (version === null && promisedBytes < totalBytes)) return null;
  return { totalBytes, version, promisedBytes };
}

/** Both ends inclusive. */
export type ContentRange = { first: number; last: number; totalBytes: number };

/** Undefined unless it is a range of known bytes of a file of known length. */
export function parseContentRange(text: string | undefined): ContentRange | undefined {
  // 15 digits: safe as a number, and larger than any file.
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(text ?? '');
  if (found === null) return undefined;
  const [first = 0, last = 0, totalBytes = 0] = found.slice(1).map(Number);
  return first <= last && last < totalBytes ? { first, last, totalBytes } : undefined;
}

// What a host says of its file's version and of the part that it sends.

/**
 * The ETag if it is a strong one (RFC 9110, 8.8.3): only then do two responses with it contain the same bytes. It is
 * stored in the record and sent in requests, so its length is limited.
 */
export function strongETag(text: string | undefined): string | null {
  return text !== undefined && text.length <= 256 && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(text) ? text : null;
}

export function firstRequestFor(aheadBytes: number): FirstRequest {
  return { headers: { ...usualHeaders, range: rangeHeader(0, aheadBytes) }, aheadBytes };
}

/** The Range header for `bytes` bytes from `from` on. */
function rangeHeader(from: number, bytes: number): string {
  return `bytes=${from}-${from + bytes - 1}`;
}

// A range of one version of a file.

export type FileRange = { from: number; bytes: number; totalBytes: number; version: string };

/** @throws TransferError `changed` unless it is exactly this range of this version */
export function assertRange(
  { statusCode = 0, headers }: SourceResponse,
  { from, bytes, totalBytes, version }: FileRange,
): void {
  if (statusCode === 200) throw new TransferError('changed', 'the host sends the complete file: it has changed');
  if (statusCode === 416) throw new TransferError('changed', 'the host no longer has these bytes');
  if (statusCode !== 206) throw badStatus(statusCode, headers);
  assertUnencoded(headers);
  const found = parseContentRange(headers['content-range']);
  const length = headers['content-length'] ?? String(bytes);
  const isRange = found?.first === from && found.last === from + bytes - 1 && length === String(bytes);
  if (!isRange) throw new TransferError('changed', 'the host sends another part than requested');
  if (found.totalBytes !== totalBytes) {
    throw new TransferError('changed', `the file has ${found.totalBytes} bytes by now, not ${totalBytes}`);
  }
  if (headers.etag !== version) throw new TransferError('changed', 'it is another version of the file by now');
}

/** Like `assertRange`, but returns the result. */
export function isRange(answer: SourceResponse, range: FileRange): boolean {
  try {
    assertRange(answer, range);
    return true;
  } catch {
    return false;
  }
}

export function rangeHeaders({ from, bytes, version }: FileRange) {
  return { ...usualHeaders, range: rangeHeader(from, bytes), 'if-range': version };
}
