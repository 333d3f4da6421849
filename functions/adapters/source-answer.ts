// What a host's answer, or its failure to answer, means.
import type { IncomingMessage } from 'node:http';
import { type TransferCode, TransferError } from '../domain/errors.ts';

const byStatus: readonly { from: number; to: number; code: TransferCode }[] = [
  { from: 401, to: 401, code: 'forbidden' },
  { from: 403, to: 403, code: 'forbidden' },
  { from: 404, to: 404, code: 'not_found' },
  { from: 410, to: 410, code: 'not_found' },
  { from: 408, to: 408, code: 'throttled' },
  { from: 429, to: 429, code: 'throttled' },
  { from: 503, to: 503, code: 'throttled' },
  // A host of sunoapi.org's reports dead temporary links with 441 (a single report).
  { from: 441, to: 441, code: 'not_found' },
  { from: 500, to: 599, code: 'server_error' },
];

/**
 * The bytes that the host promises, or null.
 * @throws TransferError unless it is a whole, unencoded 200 that promises no more than `maxBytes`.
 */
export function assertAnswer(response: IncomingMessage, maxBytes: number): number | null {
  const refuse = (code: TransferCode, detail: string): never => {
    response.destroy();
    throw new TransferError(code, detail);
  };
  const status = response.statusCode ?? 0;
  if (status !== 200) {
    const code = byStatus.find(({ from, to }) => status >= from && status <= to)?.code ?? 'unexpected_status';
    refuse(code, `the host answered ${status}`);
  }
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    refuse('encoded', `the host sent ${encoding} although only identity was asked for`);
  }
  const length = response.headers['content-length'];
  const promised = length === undefined || !/^\d+$/.test(length) ? null : Number(length);
  if (promised !== null && promised > maxBytes) refuse('too_large', `the host promises more than ${maxBytes} bytes`);
  return promised;
}

/** TLS failures are never waved through; they get their own code. */
export function toConnectError(error: Error & { code?: string }, host: string): Error {
  if (error instanceof TransferError) return error;
  if (error.name === 'AbortError')
    return new TransferError('out_of_time', 'stopped before the function ran out of time');
  const code = error.code ?? '';
  const isDns = code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA';
  const isTls = /CERT|TLS|SSL|SIGNATURE|ISSUER|ALTNAME/.test(code);
  const verdict: TransferCode = isDns ? 'dns_failed' : isTls ? 'tls_failed' : 'connect_failed';
  return new TransferError(verdict, `${host}: ${code || error.message}`, { cause: error });
}
