// What a host's first answer says: how much there is, how much of it is coming now, and whether the rest can be had in ranges.
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { assertUnencoded, badStatus } from './failures.ts';
import { otherHeaders, rangeHeader, usualHeaders } from './headers.ts';
import { parseContentRange, strongETag } from './validators.ts';

export type Opening = {
  totalBytes: number | null;
  version: string | null;
  /** In this answer. */
  promisedBytes: number | null;
};

export type OpeningQuestion = {
  headers: Readonly<Record<string, string>>;
  /** The first so many bytes are asked for; null: all. */
  aheadBytes: number | null;
};

export type Answer = { statusCode?: number | undefined; headers: IncomingHttpHeaders };

export function questionFor(aheadBytes: number): OpeningQuestion {
  return { headers: { ...usualHeaders, range: rangeHeader(0, aheadBytes) }, aheadBytes };
}
const forAll: OpeningQuestion = { headers: usualHeaders, aheadBytes: null };
const underOtherName: OpeningQuestion = { headers: otherHeaders, aheadBytes: null };

/**
 * What to make of the answer, or what to ask instead; each question leads to another at most once.
 * @throws TransferError for all that is no answer to the question.
 */
export function judgeOpening(
  { statusCode = 0, headers }: Answer,
  question: OpeningQuestion,
  maxBytes: number,
): Opening | OpeningQuestion {
  const { aheadBytes } = question;
  if ((statusCode === 401 || statusCode === 403) && question !== underOtherName) return underOtherName;
  if (statusCode === 416 && aheadBytes !== null) return forAll;
  if (statusCode !== 200 && statusCode !== 206) throw badStatus(statusCode, headers);
  assertUnencoded(headers);
  const opening = statusCode === 200 ? whole(headers) : range(headers, aheadBytes ?? Infinity);
  if (opening === null && aheadBytes === null) throw badStatus(statusCode, headers);
  if ((opening?.totalBytes ?? 0) > maxBytes) {
    throw new TransferError('too_large', `the host promises more than ${maxBytes} bytes`);
  }
  return opening ?? forAll;
}

function whole({ 'content-length': length = '' }: IncomingHttpHeaders): Opening {
  const bytes = /^\d+$/.test(length) ? Number(length) : null;
  return { totalBytes: bytes, version: null, promisedBytes: bytes };
}

/** Just what was asked for, and of a version that can be asked for again; or else all there is. */
function range(headers: IncomingHttpHeaders, aheadBytes: number): Opening | null {
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
