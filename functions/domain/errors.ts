// The failures of a transfer and what follows from each: one table, exhaustive by type.

/**
 * - `at-once`: may pass in seconds. Retried within the invocation a few times, then like `retry`.
 * - `retry`: a temporary reason; the same source is tried again later.
 * - `resume`: not a failure: the time was up. The next invocation resumes at once, and it counts as no attempt.
 * - `start-over`: the stored progress is useless; the same source is tried again from its first byte, at once, then
 *   like `retry`.
 * - `quarantine`: not media, or cut. Fetched again; after the third time the bytes are kept for a person to judge.
 * - `refresh`: the link has expired, unless it is so new that it may not work yet. Then like `next-source`.
 * - `next-source`: a permanent reason; the next source is tried. After the last one, fresh links if the provider can
 *   be polled.
 * - `fail`: no source can work.
 */
export type TransferVerdict =
  | 'at-once'
  | 'retry'
  | 'resume'
  | 'start-over'
  | 'quarantine'
  | 'refresh'
  | 'next-source'
  | 'fail';

export const verdicts = {
  refused_url: 'next-source',
  refused_address: 'next-source',
  /**
   * The host is not in the owner's list: kept open and announced until the owner allows the host or the deadline
   * passes.
   */
  host_not_allowed: 'retry',
  too_many_redirects: 'next-source',
  dns_failed: 'retry',
  connect_failed: 'at-once',
  connect_timeout: 'retry',
  /** Includes an expired certificate, which may be renewed before the deadline. */
  tls_failed: 'retry',
  first_byte_timeout: 'at-once',
  idle_timeout: 'at-once',
  too_slow: 'at-once',
  cut: 'at-once',
  throttled: 'retry',
  server_error: 'at-once',
  forbidden: 'refresh',
  not_found: 'refresh',
  unexpected_status: 'retry',
  encoded: 'next-source',
  empty: 'retry',
  /** The host now serves another file, or no longer supports ranges. */
  changed: 'start-over',
  /** An error page with status 200: the real file may follow. */
  not_media: 'retry',
  broken_media: 'quarantine',
  unknown_media: 'quarantine',
  too_large: 'next-source',
  key_taken: 'fail',
  /** Completed, aborted or removed by another process: the record and the object at the key tell what to do. */
  upload_gone: 'start-over',
  /** Another invocation has taken over the transfer. */
  superseded: 'retry',
  store_failed: 'start-over',
  /** S3 is down or rejects requests: nothing is wrong with the source. */
  store_unavailable: 'retry',
  unfinished: 'resume',
  /** The time was up before any bytes arrived. */
  out_of_time: 'retry',
  unknown: 'retry',
} as const satisfies Record<string, TransferVerdict>;

export type TransferCode = keyof typeof verdicts;

/** The verdict of a code from a record, which another version may have written. */
export function verdictOf(code: string): TransferVerdict | undefined {
  return new Map<string, TransferVerdict>(Object.entries(verdicts)).get(code);
}

export class TransferError extends Error {
  override name = 'TransferError';
  readonly code: TransferCode;
  /** The host's Retry-After; null if it sent none. */
  readonly retryAfterMs: number | null;

  constructor(code: TransferCode, detail: string, options: ErrorOptions & { retryAfterMs?: number | null } = {}) {
    super(detail, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/**
 * A service that we depend on (the bucket, a queue, the secret) is down, throttled or forbidden. The work itself is
 * not at fault; any other error is a bug in our code.
 */
export class UnavailableError extends Error {
  override name = 'UnavailableError';
}

export function toTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const code = error instanceof UnavailableError ? 'store_unavailable' : 'unknown';
  return new TransferError(code, detail, { cause: error });
}
