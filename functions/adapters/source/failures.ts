// What goes wrong with a host, by its code.
import type { IncomingHttpHeaders } from 'node:http';
import { type TransferCode, TransferError } from '../../domain/errors.ts';
import { retryAfterMs } from '../../domain/retry-after.ts';

const byStatus: Readonly<Record<number, TransferCode>> = {
  401: 'forbidden',
  403: 'forbidden',
  404: 'not_found',
  408: 'throttled',
  410: 'not_found',
  429: 'throttled',
  // A host of sunoapi.org's reports dead temporary links with 441 (a single report).
  441: 'not_found',
  503: 'throttled',
};

/** A status that is none of those that were hoped for. */
export function badStatus(status: number, headers: IncomingHttpHeaders): TransferError {
  const code = byStatus[status] ?? (status >= 500 ? 'server_error' : 'unexpected_status');
  const asked = retryAfterMs(headers['retry-after'], new Date());
  return new TransferError(code, `the host answered ${status}`, { retryAfterMs: asked });
}

/** @throws TransferError `encoded` unless the body is the file's own bytes. */
export function assertUnencoded(headers: IncomingHttpHeaders): void {
  const { 'content-encoding': content = 'identity', 'transfer-encoding': transfer = 'chunked' } = headers;
  const other = [content !== 'identity' && content, transfer !== 'chunked' && transfer].find((name) => name !== false);
  if (other === undefined) return;
  throw new TransferError('encoded', `the host sent ${other} although only identity was asked for`);
}

/** TLS failures are never waved through; they get their own code. */
export function toConnectError(error: Error & { code?: string }, host: string): TransferError {
  if (error instanceof TransferError) return error;
  if (error.name === 'AbortError') return outOfTime();
  const code = error.code ?? '';
  const isDns = /^(ENOTFOUND|ENODATA|EAI_)/.test(code);
  const isTls = /CERT|TLS|SSL|SIGNATURE|ISSUER|ALTNAME|CRL|EPROTO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/.test(code);
  const verdict: TransferCode = isDns ? 'dns_failed' : isTls ? 'tls_failed' : 'connect_failed';
  return new TransferError(verdict, `${host}: ${code || error.message}`, { cause: error });
}

export function noConnection(host: string): TransferError {
  return new TransferError('connect_timeout', `no connection to ${host}`);
}

export function noAnswer(host: string): TransferError {
  return new TransferError('first_byte_timeout', `${host} accepted and sent nothing`);
}

export function hungUp(host: string): TransferError {
  return new TransferError('connect_failed', `${host} ended the connection without an answer`);
}

export function cut(received: number, promised: number | null, cause?: unknown): TransferError {
  const of = promised === null ? '' : ` of ${promised}`;
  return new TransferError('cut', `the host ended after ${received}${of} bytes`, { cause });
}

export function outOfTime(): TransferError {
  return new TransferError('out_of_time', 'stopped before the function ran out of time');
}
