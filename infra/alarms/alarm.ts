import type { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Config } from '../config.ts';

export const atLeast = (threshold: number) => ({
  comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold,
});

export const atMost = (threshold: number) => ({
  comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
  threshold,
});

/** The anchors of the sections in docs/runbook.md to which alarms link. A test compares both. */
export const runbookSections = [
  'task-at-risk',
  'music-refused',
  'music-lost',
  'file-suspect',
  'messages-set-aside',
  'callbacks-unanswered',
  'callers-refused',
  'callbacks-wait',
  'wakes-wait',
  'archiver-fails',
  'archiver-hindered',
  'sweeper-stands-still',
  'callback-unrecognised',
  'file-quarantined',
  'key-refused',
  'no-credits',
  'no-callbacks',
  'forwarding-fails',
] as const;

type RunbookSection = (typeof runbookSections)[number];

export type AlarmProps = {
  /** With its statistic and period. */
  metric: IMetric;
  threshold: { comparisonOperator: ComparisonOperator; threshold: number };
  /** The number of periods, of the last so many, that must cross the threshold; default: the last one. */
  inPeriods?: { atLeast: number; of: number };
  /** The meaning of a period without data. */
  missingData: 'ok' | 'alarm';
  /** What the owner loses, in one sentence. */
  impact: string;
  runbook: RunbookSection;
  /**
   * True if the alarm reports events, not a state: that no further event occurred does not mean that the first was
   * handled, so no "OK" is sent.
   */
  isEvent?: boolean;
};

/**
 * Creates an alarm whose description states its impact and links the runbook. It notifies `topic`, also when the
 * alarm returns to OK.
 */
export function defineAlarm(stack: Stack, topic: ITopic, id: string, props: AlarmProps): Alarm {
  const { metric, threshold, inPeriods = { atLeast: 1, of: 1 }, missingData, impact, runbook, isEvent = false } = props;
  const alarm = new Alarm(stack, id, {
    alarmName: `${stack.stackName}-${id}`,
    alarmDescription: `${impact} What to do: docs/runbook.md#${runbook}`,
    metric,
    ...threshold,
    datapointsToAlarm: inPeriods.atLeast,
    evaluationPeriods: inPeriods.of,
    treatMissingData: missingData === 'alarm' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
  });
  const notify = new SnsAction(topic);
  alarm.addAlarmAction(notify);
  if (!isEvent) alarm.addOkAction(notify);
  return alarm;
}

/**
 * The SNS topic of all alarms. The owner chooses the subscribers: the configured email address, or any subscription.
 * Deliberately without a KMS key: CloudWatch cannot use SNS's own key, an owner's key costs 1 USD a month, and an
 * alarm's text contains no titles.
 */
export function defineAlarmTopic(stack: Stack, { alarmEmail }: Config): Topic {
  const topic = new Topic(stack, 'Alarms', { displayName: `${stack.stackName} alarms`, enforceSSL: true });
  // A topic with a resource policy loses the default policy that lets the account publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AllowAlarms',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  if (alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(alarmEmail));
  return topic;
}
