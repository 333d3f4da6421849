import type { StackCheck } from './check.ts';
import { failed, notChecked, proved, verdict } from './finding.ts';

export const proveAlarms: StackCheck['prove'] = async (stack) => {
  const alarms = await stack.alarms();
  if (alarms.length === 0) return failed('The stack has no alarms.', '`npx cdk deploy` creates those of this version.');
  const mute = alarms.filter(({ hasActions }) => !hasActions).map(({ name }) => `${name} tells nobody.`);
  const ringing = alarms
    .filter(({ state }) => state === 'ALARM')
    .map(({ name, description }) => `${name} is in ALARM: ${description}`);
  return verdict(
    [...ringing, ...mute],
    `There are ${alarms.length}, all of them on, and none is in ALARM.`,
    'Do what the alarm says; `aws cloudwatch enable-alarm-actions`, or `npx cdk deploy`, gives it back its voice.',
  );
};

export const proveListeners: StackCheck['prove'] = async (stack) => {
  const { alarmTopicArn: topic } = stack;
  if (topic === undefined) return failed('The stack has no topic for its alarms.', '`npx cdk deploy` creates it.');
  const { confirmed, pending } = await stack.listeners(topic);
  if (confirmed > 0) return proved(`${confirmed} subscribed to the topic of the alarms, and confirmed.`);
  if (pending > 0)
    return failed('Nobody who subscribed to the alarms has confirmed it.', 'Open the link in the e-mail from AWS.');
  // Deliberately not a failure: owners who watch the dashboard or run this with --json may not want mail.
  return notChecked(
    'Nobody is told of an alarm: the topic has no subscriber. Set alarmEmail, or: ' +
      `aws sns subscribe --protocol email --notification-endpoint <address> --topic-arn ${topic}`,
  );
};
