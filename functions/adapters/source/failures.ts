// The failures of a host and their codes, and the detector of hosts that stall.
import type { IncomingHttpHeaders } from 'node:http';
import { type TransferCode, TransferError } from '../../domain/errors.ts';
import { retryAfterMs } from '../../domain/retry-after.ts';
import type { SourceLimits } from './connect.ts';

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

/** The failure for an unexpected status. */
export function badStatus(status: number, headers: IncomingHttpHeaders): TransferError {
  const code = byStatus[status] ?? (status >= 500 ? 'server_error' : 'unexpected_status');
  const asked = retryAfterMs(headers['retry-after'], new Date());
  return new TransferError(code, `the host answered ${status}`, { retryAfterMs: asked });
}

/** TLS failures are never ignored; they have their own code. */
export function toConnectError(error: Error & { code?: string }, host: string): TransferError {
  if (error instanceof TransferError) return error;
  if (error.name === 'AbortError') return outOfTime();
  const code = error.code ?? '';
  const isDns = /^(ENOTFOUND|ENODATA|EAI_)/.test(code);
  const isTls = /CERT|TLS|SSL|SIGNATURE|ISSUER|ALTNAME|CRL|EPROTO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/.test(code);
  const verdict: TransferCode = isDns ? 'dns_failed' : isTls ? 'tls_failed' : 'connect_failed';
  return new TransferError(verdict, `${host}: ${code || error.message}`, { cause: error });
}

/** Whether Node's HTTP parser rejected the response. */
export function isUnparsable(error: unknown): boolean {
  const cause = error instanceof TransferError ? error.cause : null;
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('HPE_');
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

// Detects hosts that are silent or too slow: it counts the bytes in each window of time in which a read is pending.
// Deliberately no timer per chunk, and none while no read is pending: a slow reader is not the host's fault.

export type StallDetector = {
  /**
   * Starts a wait; the returned function ends it. `received` counts the bytes of this wait. `giveUp` is called with
   * `idle_timeout` or `too_slow`.
   */
  wait(received: () => number, giveUp: (error: TransferError) => void): () => void;
};

export function createStallDetector({
  idleMs,
  minimumRate,
}: Pick<SourceLimits, 'idleMs' | 'minimumRate'>): StallDetector {
  const leastBytes = Math.max(1, (minimumRate * idleMs) / 1000);
  // The time used of the current window, which continues from one wait to the next.
  let waitedMs = 0;
  let bytes = 0;
  let totalBytes = 0;

  return {
    wait(received, giveUp) {
      let since = performance.now();
      let counted = 0;
      const count = () => {
        const fresh = received() - counted;
        counted += fresh;
        bytes += fresh;
        totalBytes += fresh;
      };
      const endOfWindow = () => {
        count();
        if (bytes < leastBytes) return giveUp(tooLittle(bytes, idleMs, totalBytes));
        since = performance.now();
        waitedMs = 0;
        bytes = 0;
        timer = setTimeout(endOfWindow, idleMs);
      };
      let timer = setTimeout(endOfWindow, idleMs - waitedMs);
      return () => {
        clearTimeout(timer);
        count();
        waitedMs += performance.now() - since;
      };
    },
  };
}

function tooLittle(bytes: number, idleMs: number, totalBytes: number): TransferError {
  return bytes === 0
    ? new TransferError('idle_timeout', `nothing arrived for ${idleMs} ms, after ${totalBytes} bytes`)
    : new TransferError('too_slow', `only ${bytes} bytes arrived in ${idleMs} ms, of ${totalBytes}`);
}
