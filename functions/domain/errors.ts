// What can go wrong with a transfer, and what follows from it: one table, exhaustive by type.

/**
 * - `at-once`: a passing reason that may be gone in seconds. Tried again in place a few times, then as `retry`.
 * - `retry`: a passing reason, the same source again later.
 * - `go-on`: nothing went wrong, the time was up; the next invocation goes on at once, and it counts as no attempt.
 * - `start-over`: what has come so far is of no use; the same source again from its first byte, at once, then as `retry`.
 * - `quarantine`: no media, or cut. Fetched anew; the third time it is kept for a person to judge.
 * - `refresh`: the link is dead, unless it is so new that it may not serve yet. Then as `next-source`.
 * - `next-source`: a lasting reason, this source will not do. After the last one, fresh links, where the provider can be asked.
 * - `fail`: no source will do.
 */
export type Verdict = 'at-once' | 'retry' | 'go-on' | 'start-over' | 'quarantine' | 'refresh' | 'next-source' | 'fail';

export const verdicts = {
  refused_url: 'next-source',
  refused_address: 'next-source',
  /** The owner's own list: held, and announced, until the owner allows the host or the deadline comes. */
  host_not_allowed: 'retry',
  too_many_redirects: 'next-source',
  dns_failed: 'retry',
  connect_failed: 'at-once',
  connect_timeout: 'retry',
  /** Also an expired certificate: it may be renewed before the deadline. */
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
  /** The host has another file there than before, or serves no ranges any more. */
  changed: 'start-over',
  /** An error page with status 200: the real file may follow. */
  not_media: 'retry',
  broken_media: 'quarantine',
  unknown_media: 'quarantine',
  too_large: 'next-source',
  key_taken: 'fail',
  /** Completed, aborted or swept by somebody else: what is in the record and at the key tells what to do. */
  upload_gone: 'start-over',
  /** Another invocation has taken the transfer over. */
  superseded: 'retry',
  store_failed: 'start-over',
  /** S3 is down, or refuses: nothing is wrong with the source. */
  store_unavailable: 'retry',
  unfinished: 'go-on',
  /** The time was up before anything had come. */
  out_of_time: 'retry',
  unknown: 'retry',
} as const satisfies Record<string, Verdict>;

export type TransferCode = keyof typeof verdicts;

/** Of a code out of a record, which another version may have written. */
export function verdictOf(code: string): Verdict | undefined {
  return new Map<string, Verdict>(Object.entries(verdicts)).get(code);
}

export class TransferError extends Error {
  override name = 'TransferError';
  readonly code: TransferCode;
  /** How long the host wants to be left alone; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(code: TransferCode, detail: string, options: ErrorOptions & { retryAfterMs?: number | null } = {}) {
    super(detail, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/**
 * A neighbour of ours (the bucket, a queue, the secret) did not do what it was asked: down, throttled, forbidden. Nothing
 * is wrong with what was to be done; all other errors are faults of the code.
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
