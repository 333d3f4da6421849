// What is requested of a host, and what its response says about a file: its size, its version, and whether the rest can
// be read in ranges.
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import type { OpenOptions } from '../../ports.ts';
import { badStatus } from './failures.ts';
import { type ContentCoding, codingsIn, lengthIn } from './response-head.ts';

export type SourceResponse = { statusCode?: number | undefined; headers: IncomingHttpHeaders };

export type FirstRequest = {
  headers: Readonly<Record<string, string>>;
  /** The number of leading bytes to request; null: all. */
  aheadBytes: number | null;
};

export type FirstResponse = {
  totalBytes: number | null;
  version: string | null;
  /** The bytes of this response. */
  promisedBytes: number | null;
  /** How these bytes are said to be encoded. */
  codings: readonly ContentCoding[];
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

/** 203: changed on its way. 226: as 200, after an instance manipulation (RFC 3229) that we never ask for. */
const complete = [200, 203, 226];

/** Whether the body of such a response is the file, or a part of it. */
export function mayBeFile(statusCode: number): boolean {
  return statusCode === 206 || complete.includes(statusCode);
}

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
  // Some hosts refuse ranges by any status; one that names a time to wait means that.
  const mayMeanRange = statusCode >= 400 && headers['retry-after'] === undefined;
  if (mayMeanRange && aheadBytes !== null) return forAll;
  if (!mayBeFile(statusCode)) throw badStatus(statusCode, headers);
  const codings = codingsIn(headers);
  // A part of an encoded file cannot be decoded, nor resumed.
  const isUsable = codings.length === 0 || aheadBytes === null || statusCode !== 206;
  const opening = !isUsable ? null : statusCode === 206 ? rangeIn(headers, aheadBytes) : completeFileIn(headers);
  if (opening === null && aheadBytes === null) throw badStatus(statusCode, headers);
  if ((opening?.totalBytes ?? 0) > maxBytes) {
    throw new TransferError('too_large', `the host promises more than ${maxBytes} bytes`);
  }
  return opening ?? forAll;
}

function completeFileIn(headers: IncomingHttpHeaders): FirstResponse {
  const bytes = lengthIn(headers);
  const codings = codingsIn(headers);
  return { totalBytes: codings.length === 0 ? bytes : null, version: null, promisedBytes: bytes, codings };
}

/**
 * Exactly the requested range, of a version that can be requested again, or the complete file; otherwise null.
 * `aheadBytes`: null if no range was requested.
 */
function rangeIn(headers: IncomingHttpHeaders, aheadBytes: number | null): FirstResponse | null {
  const found = parseContentRange(headers['content-range']);
  if (found === undefined) return null;
  const { first, last, totalBytes } = found;
  const promisedBytes = last + 1;
  const length = lengthIn(headers) ?? promisedBytes;
  const version = aheadBytes === null ? null : strongETag(headers.etag);
  const isSound =
    first === 0 && length === promisedBytes && promisedBytes === Math.min(aheadBytes ?? Infinity, totalBytes);
  if (!isSound || (version === null && promisedBytes < totalBytes)) return null;
  const codings = codingsIn(headers);
  return { totalBytes: codings.length === 0 ? totalBytes : null, version, promisedBytes, codings };
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

export function firstRequestFor({ aheadBytes, inOneStream = false }: OpenOptions): FirstRequest {
  if (inOneStream) return forAll;
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
  if (complete.includes(statusCode))
    throw new TransferError('changed', 'the host sends the complete file: it has changed');
  if (statusCode === 416) throw new TransferError('changed', 'the host no longer has these bytes');
  if (statusCode !== 206) throw badStatus(statusCode, headers);
  if (codingsIn(headers).length > 0) throw new TransferError('changed', 'the host sends an encoded part by now');
  const found = parseContentRange(headers['content-range']);
  const length = lengthIn(headers) ?? bytes;
  const isRange = found?.first === from && found.last === from + bytes - 1 && length === bytes;
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
