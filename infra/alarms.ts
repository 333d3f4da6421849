// The stack's alarms. Each states its impact and has a section in docs/runbook.md.
import type { Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmProps, defineAlarm, defineAlarmTopic } from './alarms/alarm.ts';
import { callbackAlarms, silenceAlarms } from './alarms/callbacks.ts';
import { taskAlarms } from './alarms/tasks.ts';
import { forwardingAlarms, providerAlarms, workAlarms } from './alarms/work.ts';
import type { Config } from './config.ts';
import type { MonitoredResources } from './dashboard.ts';

export function defineAlarms(
  stack: Stack,
  config: Config,
  watched: MonitoredResources,
): { alarms: Alarm[]; alarmTopicArn: string } {
  const { providerKeysSecretName, quietAfterDays, forwardTo } = config;
  const rows: Record<string, AlarmProps> = {
    ...taskAlarms(stack),
    ...callbackAlarms(stack, watched),
    ...workAlarms(stack, watched),
    ...(providerKeysSecretName !== undefined && providerAlarms(stack)),
    ...(quietAfterDays !== undefined && silenceAlarms(stack, quietAfterDays)),
    ...(forwardTo !== undefined && forwardingAlarms(stack)),
  };
  const topic = defineAlarmTopic(stack, config);
  const alarms = Object.entries(rows).map(([id, props]) => defineAlarm(stack, topic, id, props));
  return { alarms, alarmTopicArn: topic.topicArn };
}
