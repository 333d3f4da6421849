// Which lines of the log are figures as well: the one place where an event becomes metrics. Each combination of dimensions
// is a metric of its own in CloudWatch, and paid for, so there are few.

export const metricsNamespace = 'Trackkeeper';

type Metric = {
  unit: 'Count' | 'Bytes' | 'Milliseconds' | 'None';
  /** The field of the line that holds its value, which is left out where that is no number. Without it, each line counts as 1. */
  of?: string;
};
export type Measure = {
  /** Fields of the line that become dimensions. A line that lacks one of them is not measured. */
  by?: readonly string[];
  metrics: Readonly<Record<string, Metric>>;
};

const count: Metric = { unit: 'Count' };

/** By the event's name. All have the dimension `service`, the stack's name. */
export const measures = {
  /** What the receiver answered; the time is what the provider waits for. */
  callback: { by: ['outcome'], metrics: { Answers: count, AckTime: { unit: 'Milliseconds', of: 'ms' } } },
  'callback.kept': { by: ['kind', 'stage'], metrics: { Callbacks: count } },
  'callback.unrecognised': { metrics: { Unrecognised: count } },
  /** `verdict`: `stored`, `quarantined`, or what follows from the failure (domain/errors.ts). */
  'transfer.ended': { by: ['verdict'], metrics: { Transfers: count, Bytes: { unit: 'Bytes', of: 'bytes' } } },
  /** Of a task that is open, at each of its steps; there is one a day at least. Its minimum is the nearest deadline. */
  task: { metrics: { HoursToDeadline: { unit: 'None', of: 'hoursLeft' } } },
  /** Files of a task that ended, as far as they could not be had; 1 where nobody ever said what they are. */
  'event.told': { metrics: { Lost: { unit: 'Count', of: 'lost' } } },
  /** Once an hour. */
  'tasks.open': { metrics: { OpenTasks: { unit: 'Count', of: 'count' } } },
  /** `refusal`: `key` or `credits`; an answer is no refusal. */
  'provider.asked': { by: ['refusal'], metrics: { ProviderRefusals: count } },
  /** A fault of our own code; a neighbour that is down. */
  'archiver.failed': { metrics: { ArchiverFailures: count } },
  'archiver.hindered': { metrics: { ArchiverHindrances: count } },
  /** The owner's endpoint did not take it, or we could not ask. */
  'forward.failed': { metrics: { ForwardFailures: count } },
} as const satisfies Record<string, Measure>;

type Measures = typeof measures;
export type MetricName = { [Event in keyof Measures]: keyof Measures[Event]['metrics'] }[keyof Measures];
