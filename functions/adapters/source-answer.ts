// What a host's answer, or its failure to answer, means.
import type { IncomingMessage } from 'node:http';
import { type TransferCode, TransferError } from '../domain/errors.ts';

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

function codeOf(status: number): TransferCode {
  return byStatus[status] ?? (status >= 500 ? 'server_error' : 'unexpected_status');
}

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
  if (status !== 200) refuse(codeOf(status), `the host answered ${status}`);
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
