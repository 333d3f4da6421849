// From a line of the log to the fields that make CloudWatch count it, in its embedded metric format (EMF). They stand in the
// very same line, so a thing that happens is written once. Which lines, and what of them: domain/metrics.ts.
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Measure, measures, metricsNamespace } from '../domain/metrics.ts';
import type { LogFields } from '../ports.ts';

/** What a line of this event has besides its own fields; nothing where it is not measured. Never throws, whatever they are. */
export type FiguresOf = (event: string, fields: LogFields) => object;

/** Powertools would warn on stderr, which is no JSON. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

export function createFigures(stackName: string): FiguresOf {
  const table = new Map<string, Measure>(Object.entries(measures));

  return (event, fields) => {
    const measure = table.get(event);
    if (measure === undefined) return {};
    const dimensions = measure.by?.map((name) => [name, fields[name]] as const) ?? [];
    const named = dimensions.flatMap(([name, value]) => (isWord(value) ? [[name, value] as const] : []));
    const values = Object.entries(measure.metrics).flatMap(([name, { unit, of }]) => {
      const value = of === undefined ? 1 : fields[of];
      return isFigure(value) ? [{ name, unit, value }] : [];
    });
    if (named.length < dimensions.length || values.length === 0) return {};

    // One for each line: nothing of it is left for the next one.
    const sheet = new Metrics({
      namespace: metricsNamespace,
      serviceName: stackName,
      defaultDimensions: Object.fromEntries(named),
      logger: silent,
    });
    for (const { name, unit, value } of values) sheet.addMetric(name, MetricUnit[unit], value);
    return sheet.serializeMetrics();
  };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
