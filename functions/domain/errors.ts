// The failures of a transfer and what follows from each: one table, exhaustive by type. A failure decides when and how
// the file is tried again, never whether (P9): only a stored file, the provider, the owner or the deadline ends an
// asset.

/** What follows from a failure. The delay is in domain/schedule.ts; a longer `Retry-After` extends it. */
type FailureRule = {
  /** Retried within the invocation, a few times, seconds apart, before it counts as failed. */
  inPlace: boolean;
  /** The parts that have arrived are kept, and the next attempt resumes after them. */
  keepsProgress: boolean;
  /** The next source of the asset is tried in the same round. */
  triesNextSource: boolean;
  /** The link may be dead: the provider is polled for a fresh one, while this one is tried on by schedule. */
  pollsForLinks: boolean;
};

const verdictRules = {
  /** May pass in seconds. */
  'at-once': { inPlace: true, keepsProgress: true, triesNextSource: true, pollsForLinks: false },
  /** May pass in minutes or hours. */
  retry: { inPlace: false, keepsProgress: true, triesNextSource: true, pollsForLinks: false },
  /** The parts that have arrived cannot be used any more. */
  'start-over': { inPlace: true, keepsProgress: false, triesNextSource: true, pollsForLinks: false },
  /** The link may be dead, or not work yet. */
  refresh: { inPlace: false, keepsProgress: false, triesNextSource: true, pollsForLinks: true },
  /** The file is not complete media of its kind. From the third time on the bytes are kept in quarantine as well. */
  quarantine: { inPlace: false, keepsProgress: false, triesNextSource: true, pollsForLinks: true },
  /** The time was up: the next invocation resumes at once, and it counts as no attempt. */
  resume: { inPlace: false, keepsProgress: true, triesNextSource: false, pollsForLinks: false },
  /** The object needs another key. */
  move: { inPlace: false, keepsProgress: false, triesNextSource: false, pollsForLinks: false },
  /** Our own side is at fault: no other source would do better. */
  wait: { inPlace: false, keepsProgress: true, triesNextSource: false, pollsForLinks: false },
} as const satisfies Record<string, FailureRule>;

export type TransferVerdict = keyof typeof verdictRules;

export const verdicts = {
  refused_url: 'refresh',
  refused_address: 'refresh',
  /** The host is not in the owner's list; the owner may add it. */
  host_not_allowed: 'retry',
  too_many_redirects: 'refresh',
  dns_failed: 'retry',
  connect_failed: 'at-once',
  connect_timeout: 'retry',
  /** Includes an expired certificate, which may be renewed before the deadline. */
  tls_failed: 'retry',
  first_byte_timeout: 'at-once',
  idle_timeout: 'at-once',
  too_slow: 'at-once',
  cut: 'at-once',
  /** The bytes do not have the digest that the host sent with them. */
  wrong_digest: 'at-once',
  throttled: 'retry',
  server_error: 'at-once',
  forbidden: 'refresh',
  not_found: 'refresh',
  unexpected_status: 'refresh',
  encoded: 'refresh',
  empty: 'refresh',
  /** The host now serves another file, or no longer supports ranges. */
  changed: 'start-over',
  /** An error page with status 200: the real file may follow. */
  not_media: 'refresh',
  broken_media: 'quarantine',
  unknown_media: 'quarantine',
  too_large: 'refresh',
  /** A stored file that is suspect was fetched again, and the new one is no better. */
  no_better: 'refresh',
  /** Another asset's object is at the key: the next attempt uses another key. */
  key_taken: 'move',
  /** Completed, aborted or removed by another process: the record and the object at the key tell what to do. */
  upload_gone: 'start-over',
  /** Another invocation has taken over the transfer. */
  superseded: 'wait',
  store_failed: 'start-over',
  /** S3 is down or rejects requests: nothing is wrong with the source. */
  store_unavailable: 'wait',
  unfinished: 'resume',
  /** The time was up before any bytes arrived. */
  out_of_time: 'wait',
  unknown: 'retry',
} as const satisfies Record<string, TransferVerdict>;

export type TransferCode = keyof typeof verdicts;

export function ruleOf(code: TransferCode): FailureRule {
  return verdictRules[verdicts[code]];
}

/** Whether a code from a record, which another version may have written, says that the file did not verify. */
export function isRefusedMedia(code: string): boolean {
  return code === 'broken_media' || code === 'unknown_media';
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
