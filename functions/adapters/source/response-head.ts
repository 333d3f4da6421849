// The head of an answer, read by ourselves. Deliberately narrow: it takes the spelling that nearly all servers use, and
// leaves all else to Node's own parser and another request.
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { assertUnencoded, badStatus } from './failures.ts';

/** What is looked at; all else is passed over. */
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

/** RFC 9112, 5: no space before the colon, no line that goes on in the next one. */
const field = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\x80-\xff]*)$/;

/** `head`: without the empty line at its end, as Latin-1. Null: not to be read in this way. */
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
    // Said twice, it may mean two things.
    if (headers[name] !== undefined) return null;
    headers[name] = text.startsWith(' ') ? text.slice(1) : text;
  }
  return { statusCode: Number(code), headers };
}

/** Whether this beginning of a head may still become one that is read here; nobody waits for the end of another. */
export function mayBecomeHead(begun: string): boolean {
  const start = 'HTTP/1.1 ';
  return start.startsWith(begun.slice(0, start.length)) && !/(?<!\r)\n/.test(begun);
}

/** How long the body is, where nothing but its length says so; else null. */
export function plainLength({ headers }: ResponseHead): number | null {
  const { 'content-length': length = '', 'transfer-encoding': transfer } = headers;
  return transfer === undefined && /^\d{1,15}$/.test(length) ? Number(length) : null;
}

/** Whether the connection may be asked again. */
export function isKept({ headers }: ResponseHead): boolean {
  return (headers.connection ?? 'keep-alive').toLowerCase() === 'keep-alive';
}

export type SourceResponse = { statusCode?: number | undefined; headers: IncomingHttpHeaders };

export type FirstRequest = {
  headers: Readonly<Record<string, string>>;
  /** The first so many bytes are asked for; null: all. */
  aheadBytes: number | null;
};

// What a host's first answer says: how much there is, how much of it is coming now, and whether the rest can be had in ranges.

export type FirstResponse = {
  totalBytes: number | null;
  version: string | null;
  /** In this answer. */
  promisedBytes: number | null;
};

/** Hosts refuse the default names of libraries (403 for Python's was seen); this one says who calls, and is kept stable. */
export const usualHeaders = {
  'user-agent': 'Mozilla/5.0 (compatible; Trackkeeper/1.0; music archiver)',
  accept: '*/*',
  'accept-encoding': 'identity',
} as const;

/** For hosts that refuse the above: the one name that they hardly can, since their own people use it. */
export const otherHeaders = { ...usualHeaders, 'user-agent': 'curl/8.14.1' } as const;

const underOtherName: FirstRequest = { headers: otherHeaders, aheadBytes: null };

const forAll: FirstRequest = { headers: usualHeaders, aheadBytes: null };

/**
 * What to make of the answer, or what to ask instead; each question leads to another at most once.
 * @throws TransferError for all that is no answer to the question.
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

/** Just what was asked for, and of a version that can be asked for again; or else all there is. */
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

/** Both ends inclusive, as in the header. */
export type ContentRange = { first: number; last: number; totalBytes: number };

/** Undefined for all that is no range of known bytes of a file of known length. */
export function parseContentRange(text: string | undefined): ContentRange | undefined {
  // 15 digits: safe as a number, and more than any file.
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(text ?? '');
  if (found === null) return undefined;
  const [first = 0, last = 0, totalBytes = 0] = found.slice(1).map(Number);
  return first <= last && last < totalBytes ? { first, last, totalBytes } : undefined;
}

// What a host says of its file's version and of the part that it sends.

/**
 * The ETag where it is a strong one (RFC 9110, 8.8.3): only then do two answers with it hold the same bytes. It goes into
 * the record and into requests, so it is bounded.
 */
export function strongETag(text: string | undefined): string | null {
  return text !== undefined && text.length <= 256 && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(text) ? text : null;
}

export function firstRequestFor(aheadBytes: number): FirstRequest {
  return { headers: { ...usualHeaders, range: rangeHeader(0, aheadBytes) }, aheadBytes };
}

/** The header of a request for so many bytes from there on. */
export function rangeHeader(from: number, bytes: number): string {
  return `bytes=${from}-${from + bytes - 1}`;
}

// A range of one version of a file, as it is asked for and as it must be answered.

export type FileRange = { from: number; bytes: number; totalBytes: number; version: string };

/** @throws TransferError `changed` where it is not the very range of that version. */
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

/** The same as an answer. */
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
