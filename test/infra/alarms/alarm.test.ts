import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { type AlarmProps, atLeast, atMost, defineAlarm } from '../../../infra/alarms/alarm.ts';
import { resourceOf } from '../synthesized.ts';

const props: AlarmProps = {
  metric: new Metric({ namespace: 'Music', metricName: 'Lost', statistic: 'Sum', period: Duration.minutes(5) }),
  threshold: atLeast(1),
  missingData: 'ok',
  impact: 'Music is lost.',
  runbook: 'task-at-risk',
};

function defined(changes: Partial<AlarmProps> = {}) {
  const stack = new Stack(new App(), 'Second');
  defineAlarm(stack, new Topic(stack, 'Alarms'), 'MusicIsLost', { ...props, ...changes });
  const template = Template.fromStack(stack);
  const topic = { Ref: resourceOf(template, 'AWS::SNS::Topic', 'Alarms').id };
  return { alarm: resourceOf(template, 'AWS::CloudWatch::Alarm', 'MusicIsLost').Properties, topic };
}

test('an alarm says what is hurt and where to read on', () => {
  const { alarm } = defined();

  expect(alarm.AlarmDescription).toBe('Music is lost. What to do: docs/runbook.md#task-at-risk');
});

test('an alarm begins with the name of its stack, so that two stacks can have the same ones', () => {
  const { alarm } = defined();

  expect(alarm.AlarmName).toBe('Second-MusicIsLost');
});

test('a state is notified when it begins and when it ends', () => {
  const { alarm, topic } = defined();

  expect([alarm.AlarmActions, alarm.OKActions]).toEqual([[topic], [topic]]);
});

test('an event is notified once, and its absence is not', () => {
  const { alarm, topic } = defined({ isEvent: true });

  expect([alarm.AlarmActions, alarm.OKActions]).toEqual([[topic], undefined]);
});

test.each([
  ['ok', 'notBreaching'],
  ['alarm', 'breaching'],
] as const)('no figures can mean that %s', (missingData, expected) => {
  expect(defined({ missingData }).alarm.TreatMissingData).toBe(expected);
});

test('an alarm rings in the first period in which its figure is reached, unless it is to wait for more', () => {
  expect(defined().alarm).toMatchObject({ DatapointsToAlarm: 1, EvaluationPeriods: 1 });
  expect(defined({ inPeriods: { atLeast: 2, of: 3 } }).alarm).toMatchObject({
    DatapointsToAlarm: 2,
    EvaluationPeriods: 3,
  });
});

test('both bounds count as reached', () => {
  expect(defined({ threshold: atLeast(3) }).alarm).toMatchObject({
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 3,
  });
  expect(defined({ threshold: atMost(72) }).alarm).toMatchObject({
    ComparisonOperator: 'LessThanOrEqualToThreshold',
    Threshold: 72,
  });
});
