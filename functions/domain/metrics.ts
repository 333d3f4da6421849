// The log events that are metrics, too: the only place where an event becomes a metric. CloudWatch charges for each
// combination of dimensions, so there are few.

export const metricsNamespace = 'Trackkeeper';

type Metric = {
  unit: 'Count' | 'Bytes' | 'Milliseconds' | 'None';
  /**
   * The field of the log line that holds the value; a line without a number there is not counted. Default: each line
   * counts as 1.
   */
  of?: string;
};
export type Measure = {
  /** Fields of the line that become dimensions. A line that lacks one of them is not measured. */
  by?: readonly string[];
  metrics: Readonly<Record<string, Metric>>;
};

const count: Metric = { unit: 'Count' };

/** By log event. All have the dimension `service`, the stack's name. */
export const measures = {
  /** The receiver's responses; the time is what the provider waits for. */
  callback: { by: ['outcome'], metrics: { Answers: count, AckTime: { unit: 'Milliseconds', of: 'ms' } } },
  'callback.kept': { by: ['kind', 'stage'], metrics: { Callbacks: count } },
  'callback.unrecognised': { metrics: { Unrecognised: count } },
  /** `verdict`: `stored`, `quarantined`, or what follows from the failure (domain/errors.ts). */
  'transfer.ended': { by: ['verdict'], metrics: { Transfers: count, Bytes: { unit: 'Bytes', of: 'bytes' } } },
  /** Logged by an open task at each step, at least once a day. The minimum is the nearest deadline. */
  task: { metrics: { HoursToDeadline: { unit: 'None', of: 'hoursLeft' } } },
  /**
   * Files lost when a task fails (1 if they were never named); files that every source has refused for hours; stored
   * files that are suspect.
   */
  'event.told': {
    metrics: {
      Lost: { unit: 'Count', of: 'lost' },
      Refused: { unit: 'Count', of: 'refused' },
      Suspect: { unit: 'Count', of: 'suspect' },
    },
  },
  /** Once an hour. */
  'tasks.open': { metrics: { OpenTasks: { unit: 'Count', of: 'count' } } },
  /** `refusal`: `key` or `credits`; an answer has none. */
  'provider.asked': { by: ['refusal'], metrics: { ProviderRefusals: count } },
  /** A bug in our own code; a service that is down. */
  'archiver.failed': { metrics: { ArchiverFailures: count } },
  'archiver.unavailable': { metrics: { ArchiverHindrances: count } },
  /** The owner's endpoint rejected the callback, or it could not be reached. */
  'forward.failed': { metrics: { ForwardFailures: count } },
} as const satisfies Record<string, Measure>;

type Measures = typeof measures;
export type MetricName = { [Event in keyof Measures]: keyof Measures[Event]['metrics'] }[keyof Measures];
