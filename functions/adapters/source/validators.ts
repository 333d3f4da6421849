// What a host says of its file's version and of the part that it sends.

/**
 * The ETag where it is a strong one (RFC 9110, 8.8.3): only then do two answers with it hold the same bytes. It goes into
 * the record and into requests, so it is bounded.
 */
export function strongETag(text: string | undefined): string | null {
  return text !== undefined && text.length <= 256 && /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(text) ? text : null;
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
