// What can go wrong with a transfer, and what follows from it: one table, exhaustive by type.

/** `retry`: a passing reason, the same source again later. `next-source`: a lasting one, this source will not do. */
export type Verdict = 'retry' | 'next-source';

export const verdicts = {
  refused_url: 'next-source',
  refused_address: 'next-source',
  too_many_redirects: 'next-source',
  dns_failed: 'retry',
  connect_failed: 'retry',
  connect_timeout: 'retry',
  tls_failed: 'retry',
  first_byte_timeout: 'retry',
  idle_timeout: 'retry',
  cut: 'retry',
  throttled: 'retry',
  server_error: 'retry',
  forbidden: 'next-source',
  not_found: 'next-source',
  unexpected_status: 'retry',
  encoded: 'next-source',
  empty: 'retry',
  /** An error page with status 200: the real file may follow. */
  not_media: 'retry',
  /** Cut, or no media behind its first bytes. It is fetched anew; the third time it is kept in quarantine. */
  broken_media: 'retry',
  unknown_media: 'retry',
  too_large: 'next-source',
  key_taken: 'next-source',
  store_failed: 'retry',
  out_of_time: 'retry',
  unknown: 'retry',
} as const satisfies Record<string, Verdict>;

export type TransferCode = keyof typeof verdicts;

export class TransferError extends Error {
  readonly code: TransferCode;

  constructor(code: TransferCode, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'TransferError';
    this.code = code;
  }
}

export function toTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new TransferError('unknown', detail, { cause: error });
}
