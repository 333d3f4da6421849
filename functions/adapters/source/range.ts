// A range of one version of a file, as it is asked for and as it must be answered.
import { TransferError } from '../../domain/errors.ts';
import { assertUnencoded, badStatus } from './failures.ts';
import { rangeHeader, usualHeaders } from './headers.ts';
import type { Answer } from './opening.ts';
import { parseContentRange } from './validators.ts';

export type Range = { from: number; bytes: number; totalBytes: number; version: string };

export function rangeHeaders({ from, bytes, version }: Range) {
  return { ...usualHeaders, range: rangeHeader(from, bytes), 'if-range': version };
}

/** @throws TransferError `changed` where it is not the very range of that version. */
export function assertRange({ statusCode = 0, headers }: Answer, { from, bytes, totalBytes, version }: Range): void {
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
export function isRange(answer: Answer, range: Range): boolean {
  try {
    assertRange(answer, range);
    return true;
  } catch {
    return false;
  }
}
