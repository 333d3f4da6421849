import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { RunbookSection } from './runbook.ts';

export type AlarmProps = {
  /** With its statistic and period. */
  metric: IMetric;
  rings: { comparisonOperator: ComparisonOperator; threshold: number };
  /** In how many of the last so many periods; without it, in the last one. */
  inPeriods?: { atLeast: number; of: number };
  /** What a period without any figure means. */
  noFigures: 'all is well' | 'trouble';
  /** What is hurt, in the owner's words: one sentence. */
  impact: string;
  runbook: RunbookSection;
  /** An event, and no state: that no other one came does not say that it was dealt with, so its end is not told. */
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

/** Says to `topic` what is hurt and where to read on, and also when a state is over: whoever was woken may sleep again. */
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
