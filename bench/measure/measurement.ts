/** What one run of one way took. */
export type Measurement = {
  /** User and system time of the transferring process, or processes. */
  cpuMs: number;
  wallMs: number;
  /** Null where this machine does not tell. */
  peakBytes: number | null;
};

/** No run of the bench takes a tenth of this; what does has stalled. */
export const runLimitMs = 10 * 60_000;
