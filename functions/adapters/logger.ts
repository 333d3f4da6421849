// The functions' log: one line of JSON for each event, which CloudWatch and the local deployment read. An event that
// domain/metrics.ts lists carries its metrics in the same line, in CloudWatch's embedded metric format (EMF).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import { type Measure, measures, metricsNamespace } from '../domain/metrics.ts';
import type { Clock, Log, LogFields } from '../ports.ts';

/** Long enough for any id or reason, so that hostile titles and messages do not fill the log. */
const maxValueLength = 1000;

type LoggerOptions = { write: (line: string) => void; clock: Clock; stackName: string };

export function createLogger({ write, clock, stackName }: LoggerOptions): Log {
  return (level, event, fields = {}) => {
    const bounded = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.slice(0, maxValueLength).toWellFormed() : value,
      ]),
    );
    const now = clock.now();
    const time = now.toISOString();
    write(JSON.stringify({ time, level, event, ...bounded, ...emfFields(event, bounded, { now, stackName }) }));
  };
}

const measureOf = new Map<string, Measure>(Object.entries(measures));

/** The fields that make a line a metric, too; none if its event is not measured, or lacks a dimension or all values. */
function emfFields(event: string, fields: LogFields, { now, stackName }: { now: Date; stackName: string }) {
  const { by = [], metrics = {} } = measureOf.get(event) ?? {};
  const hasDimensions = by.every((name) => isDimensionValue(fields[name]));
  const values = Object.entries(metrics).flatMap(([Name, { unit: Unit, of }]) => {
    const value = of === undefined ? 1 : fields[of];
    return Number.isFinite(value) ? [{ Name, Unit, value }] : [];
  });
  if (!hasDimensions || values.length === 0) return {};

  const Metrics = values.map(({ Name, Unit }) => ({ Name, Unit }));
  const directive = { Namespace: metricsNamespace, Dimensions: [['service', ...by]], Metrics };
  return {
    _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [directive] },
    // Dimensions and values are looked up by name beside `_aws`; the other dimensions are already fields of the line.
    service: stackName,
    ...Object.fromEntries(values.map(({ Name, value }) => [Name, value])),
  };
}

/** CloudWatch drops a metric whose dimension is not a text, or is blank. */
const isDimensionValue = (value: unknown) => typeof value === 'string' && value.trim() !== '';
