/** An alarm as the template has it. */
type Alarm = {
  ComparisonOperator: string;
  Threshold: number;
  EvaluationPeriods: number;
  DatapointsToAlarm: number;
  TreatMissingData: string;
};

const compare = new Map<string, (value: number, threshold: number) => boolean>([
  ['GreaterThanOrEqualToThreshold', (value, threshold) => value >= threshold],
  ['LessThanOrEqualToThreshold', (value, threshold) => value <= threshold],
]);

/**
 * Whether CloudWatch puts the alarm into the state ALARM at the end of these periods. `figures`: one for each period,
 * the newest last; null: no data. Periods before them have no data.
 */
export function isInAlarm(alarm: Alarm, figures: readonly (number | null)[]): boolean {
  const isReached = compare.get(alarm.ComparisonOperator);
  if (isReached === undefined) throw new Error(`an operator that is not known here: ${alarm.ComparisonOperator}`);
  const window = Array.from({ length: alarm.EvaluationPeriods }, (_, back) => figures.at(-1 - back) ?? null);
  const breaching = window.filter((figure) =>
    figure === null ? alarm.TreatMissingData === 'breaching' : isReached(figure, alarm.Threshold),
  );
  return breaching.length >= alarm.DatapointsToAlarm;
}
