// The common part of the sink's operations: calls, responses, and S3's handling of checksums and conditions.
import type { IncomingHttpHeaders } from 'node:http';
import { encodeCrc32 } from '../../functions/domain/crc32-combine.ts';
import { xmlDocument } from '../../local/s3/call.ts';
import type { Received } from './receive-body.ts';
import type { SinkStore } from './sink-store.ts';

export type Call = { key: string; query: URLSearchParams; headers: IncomingHttpHeaders; received: Received };
export type Answer = { status?: number; headers?: Record<string, string>; body?: string };

export function failure(status: number, code: string, message: string): Answer {
  return { status, body: xmlDocument('Error', { Code: code, Message: message }) };
}

export const badDigest = () => failure(400, 'BadDigest', 'The CRC32 is not that of the bytes that came.');
export const conditionFailed = () => failure(412, 'PreconditionFailed', 'The condition does not hold.');

/** The client's checksum, unless it differs from the computed one. */
export function checkedCrc32({ headers }: Call, computed: number | undefined): string | undefined | 'differs' {
  const given = headers['x-amz-checksum-crc32']?.toString();
  if (computed === undefined) return given;
  const own = encodeCrc32(computed);
  return given === undefined || given === own ? own : 'differs';
}

export function isRefused({ key, headers }: Call, store: SinkStore): boolean {
  const found = store.object(key);
  const expected = headers['if-match'];
  return (
    (headers['if-none-match'] === '*' && found !== undefined) || (expected !== undefined && found?.etag !== expected)
  );
}

export const checksumHeader = (crc32: string | undefined): Record<string, string> =>
  crc32 === undefined ? {} : { 'x-amz-checksum-crc32': crc32 };

/** The headers that a later HEAD returns for an object. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-') || name === 'content-type');
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
