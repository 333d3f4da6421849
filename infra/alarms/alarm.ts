import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { RunbookSection } from './runbook.ts';

export type AlarmProps = {
  /** With its statistic and period. */
  metric: IMetric;
  rings: { comparisonOperator: ComparisonOperator; threshold: number };
  /** The number of periods, of the last so many, that must cross the threshold; default: the last one. */
  inPeriods?: { atLeast: number; of: number };
  /** The meaning of a period without data. */
  noFigures: 'all is well' | 'trouble';
  /** What the owner loses, in one sentence. */
  impact: string;
  runbook: RunbookSection;
  /**
   * True if the alarm reports events, not a state: that no further event occurred does not mean that the first was
   * handled, so no "OK" is sent.
   */
  isEvent?: boolean;
};

export const atLeast = (threshold: number) => ({
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold,
});
export const atMost = (threshold: number) => ({
  comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold,
});

/**
 * Creates an alarm whose description states its impact and links the runbook. It notifies `topic`, also when the
 * alarm returns to OK.
 */
export function defineAlarm(stack: Stack, topic: ITopic, id: string, props: AlarmProps): Alarm {
  const { metric, rings, inPeriods = { atLeast: 1, of: 1 }, noFigures, impact, runbook, isEvent = false } = props;
  const alarm = new Alarm(stack, id, {
    alarmName: `${stack.stackName}-${id}`,
    alarmDescription: `${impact} What to do: docs/runbook.md#${runbook}`,
    metric,
    ...rings,
    datapointsToAlarm: inPeriods.atLeast,
    evaluationPeriods: inPeriods.of,
    treatMissingData: noFigures === 'trouble' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  const tell = new SnsAction(topic);
  alarm.addAlarmAction(tell);
  if (!isEvent) alarm.addOkAction(tell);
  return alarm;
}
