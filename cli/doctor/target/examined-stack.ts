// What AWS reports about the stack: its alarms, metrics, bucket settings and roles.
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { AlarmState, ExaminedStack, QueueState } from '../target.ts';
import { bucketSettings } from './examined-bucket.ts';

type Place = Pick<ExaminedStack, 'name' | 'bucketName' | 'alarmTopicArn'> & {
  /** Contains account and partition, too. */
  queueArn(): Promise<string>;
  s3: S3Client;
  settings: object;
  now: () => Date;
};

type Figure = { namespace: string; name: string; dimension: { Name: string; Value: string }; minutes: number };

export function examinedStack({ s3, settings, now, queueArn, ...place }: Place): ExaminedStack & { close(): void } {
  const cloudFormation = new CloudFormationClient(settings);
  const cloudWatch = new CloudWatchClient(settings);
  const sns = new SNSClient(settings);
  const iam = new IAMClient(settings);
  let listed: ReturnType<typeof stackResources> | undefined;
  const resources = () => {
    listed ??= stackResources(cloudFormation, place.name);
    return listed;
  };

  async function figures({ namespace, name, dimension, minutes }: Figure) {
    const asked = {
      Namespace: namespace,
      MetricName: name,
      Dimensions: [dimension],
      StartTime: new Date(now().getTime() - minutes * 60_000),
      EndTime: now(),
      Period: minutes * 60,
      Statistics: ['Sum' as const, 'Maximum' as const],
    };
    return (await cloudWatch.send(new GetMetricStatisticsCommand(asked))).Datapoints ?? [];
  }

  return {
    ...place,

    async alarms() {
      const all = await resources();
      const names = all.filter(({ type }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(type)).map(({ name }) => name);
      return (await Promise.all(batches(names).map(describe))).flat();
    },

    async listeners(topicArn) {
      const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
      const { SubscriptionsConfirmed: confirmed = 0, SubscriptionsPending: pending = 0 } = Attributes;
      return { confirmed: Number(confirmed), pending: Number(pending) };
    },

    async sweeps(minutes) {
      const sweeper = resourceNamed(await resources(), 'AWS::Lambda::Function', 'Sweeper');
      const dimension = { Name: 'FunctionName', Value: sweeper.name };
      const points = await figures({ namespace: 'AWS/Lambda', name: 'Invocations', dimension, minutes });
      return { times: points.reduce((sum, { Sum = 0 }) => sum + Sum, 0), deployedAt: sweeper.changedAt };
    },

    async oldestSeconds(arn) {
      const dimension = { Name: 'QueueName', Value: arn.split(':').at(-1) ?? '' };
      const figure = { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', dimension, minutes: 5 };
      const ages = (await figures(figure)).map(({ Maximum = 0 }) => Maximum);
      return ages.length === 0 ? null : Math.max(...ages);
    },

    bucketSettings: () => bucketSettings(s3, place.bucketName),

    async isAllowed(role, action, resource) {
      const { name } = resourceNamed(await resources(), 'AWS::IAM::Role', `${role}Role`);
      // arn:<partition>:sqs:<region>:<account>:<name>
      const [, partition, , , account] = (await queueArn()).split(':');
      const asked = new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:${partition}:iam::${account}:role/${name}`,
        ActionNames: [action],
        ResourceArns: [resource],
      });
      const { EvaluationResults: [result] = [] } = await iam.send(asked);
      return result?.EvalDecision === 'allowed';
    },

    close() {
      for (const client of [cloudFormation, cloudWatch, sns, iam]) client.destroy();
    },
  };

  async function describe(names: string[]): Promise<AlarmState[]> {
    const asked = new DescribeAlarmsCommand({ AlarmNames: names, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
    const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(asked);
    return [...MetricAlarms, ...CompositeAlarms].map((alarm) => ({
      name: alarm.AlarmName ?? '',
      description: alarm.AlarmDescription ?? '',
      state: alarm.StateValue ?? '',
      hasActions: alarm.ActionsEnabled === true && (alarm.AlarmActions ?? []).length > 0,
    }));
  }
}

/**
 * `id`: the logical id, as CDK generates it: the construct's name and eight digits. `name`: the physical name in AWS.
 */
type Resource = { id: string; type: string; name: string; changedAt: Date };

async function stackResources(client: CloudFormationClient, stackName: string): Promise<Resource[]> {
  const resources: Resource[] = [];
  for (let token: string | undefined; ; ) {
    const command = new ListStackResourcesCommand({ StackName: stackName, NextToken: token });
    const { StackResourceSummaries: found = [], NextToken: next } = await client.send(command);
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId, LastUpdatedTimestamp } of found) {
      resources.push({
        id: LogicalResourceId ?? '',
        type: ResourceType ?? '',
        name: PhysicalResourceId ?? '',
        changedAt: LastUpdatedTimestamp ?? new Date(0),
      });
    }
    if (next === undefined || next === token) return resources;
    token = next;
  }
}

/** As many as one request accepts. */
function batches(names: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(names.length / 100) }, (_, batch) =>
    names.slice(batch * 100, (batch + 1) * 100),
  );
}

/** @throws if the stack has no such resource, or several */
function resourceNamed(resources: readonly Resource[], type: string, construct: string): Resource {
  const isIt = ({ id, type: its }: Resource) => its === type && id.replace(/[0-9A-F]{8}$/, '') === construct;
  const [found, ...others] = resources.filter(isIt);
  if (found === undefined || others.length > 0)
    throw new Error(`The stack has no ${construct}: is it of this version?`);
  return found;
}

const count = z.coerce.number();

const attributesSchema = z.object({
  QueueArn: z.string(),
  VisibilityTimeout: count,
  MessageRetentionPeriod: count,
  ApproximateNumberOfMessages: count,
  RedrivePolicy: z.string().optional(),
  SqsManagedSseEnabled: z.string().optional(),
  KmsMasterKeyId: z.string().optional(),
});

const redriveSchema = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: count });

/** `isLocal`: nothing is encrypted on this machine. */
export async function queueState(
  client: SQSClient,
  url: string,
  { isLocal }: { isLocal: boolean },
): Promise<QueueState> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const attributes = attributesSchema.parse((await client.send(asked)).Attributes);
  const { RedrivePolicy: redrive, SqsManagedSseEnabled: managed, KmsMasterKeyId: key } = attributes;
  return {
    arn: attributes.QueueArn,
    visibilitySeconds: attributes.VisibilityTimeout,
    retentionSeconds: attributes.MessageRetentionPeriod,
    redrive: redrive === undefined ? null : parseRedrive(redrive),
    isEncrypted: isLocal ? null : managed === 'true' || key !== undefined,
    waiting: attributes.ApproximateNumberOfMessages,
  };
}

function parseRedrive(text: string): QueueState['redrive'] {
  const { deadLetterTargetArn, maxReceiveCount } = redriveSchema.parse(JSON.parse(text));
  return { targetArn: deadLetterTargetArn, maxReceiveCount };
}
