// The functions' metrics as the stack refers to them: a wrong name or dimension is a compile error.
import type { Duration, Stack } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type Measure, type MetricName, measures, metricsNamespace } from '../functions/domain/metrics.ts';

type Measures = typeof measures;
type MeasureOf<Name extends MetricName> = {
  [Event in keyof Measures]: Name extends keyof Measures[Event]['metrics'] ? Measures[Event] : never;
}[keyof Measures];
type DimensionsOf<Name extends MetricName> =
  MeasureOf<Name> extends { by: readonly (infer Field extends string)[] } ? Record<Field, string> : object;

type Figure = { statistic: string; period: Duration; label?: string };

/** One metric of this stack. */
export function emitted<Name extends MetricName>(
  stack: Stack,
  metricName: Name,
  dimensions: DimensionsOf<Name>,
  figure: Figure,
): Metric {
  const dimensionsMap = { service: stack.stackName, ...dimensions };
  return new Metric({ namespace: metricsNamespace, metricName, dimensionsMap, ...figure });
}

/**
 * All metrics of this name, a line each, including dimensions that do not exist yet. Alarms do not support searches.
 */
export function allEmitted(stack: Stack, name: MetricName, { statistic, period, label = '' }: Figure): MathExpression {
  const rows: readonly Measure[] = Object.values(measures);
  const by = rows.find(({ metrics }) => Object.hasOwn(metrics, name))?.by ?? [];
  const schema = [metricsNamespace, 'service', ...by].join(',');
  const what = `{${schema}} MetricName="${name}" service="${stack.stackName}"`;
  return new MathExpression({
    expression: `SEARCH('${what}', '${statistic}', ${period.toSeconds()})`,
    usingMetrics: {},
    period,
    label,
  });
}
