/** The cost of one run of one way. */
export type Measurement = {
  /** User and system time of the transferring process, or processes. */
  cpuMs: number;
  wallMs: number;
  /** Null if this machine does not report it. */
  peakBytes: number | null;
};

/** No run takes a tenth of this; a longer one has stalled. */
export const runLimitMs = 10 * 60_000;
