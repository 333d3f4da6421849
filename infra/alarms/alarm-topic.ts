import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Config } from '../config.ts';

/**
 * Where alarms are told. Who listens is the owner's choice: an address of the configuration, or any subscription to it.
 * Deliberately without a key: CloudWatch cannot use that of SNS, one of the owner's costs 1 USD a month, and what an alarm
 * says names no song.
 */
export function defineAlarmTopic(stack: Stack, { alarmEmail }: Config): Topic {
  const topic = new Topic(stack, 'Alarms', { displayName: `${stack.stackName} alarms`, enforceSSL: true });
  // A topic with a policy of its own has lost the one that lets the whole account publish.
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
