import * as z from 'zod';
import type { StackCheck } from './check.ts';
import { failed, findingOf, notChecked, proved } from './finding.ts';
import type { RoleName } from './target.ts';

export const proveBucket: StackCheck['prove'] = async (stack) => {
  const { blocksPublicAccess, policy, encryption, abortsUploadsAfterDays } = await stack.bucketSettings();
  const problems = [
    ...(blocksPublicAccess ? [] : ['It does not block public access.']),
    ...(policy !== null && isTlsOnly(policy) ? [] : ['Its policy does not refuse http.']),
    ...(encryption === null ? ['It is not encrypted by default.'] : []),
    ...(abortsUploadsAfterDays === null
      ? ['No lifecycle rule ends unfinished uploads: their parts cost, unseen.']
      : []),
  ];
  return findingOf(
    problems,
    `It is private, read over TLS only, encrypted (${encryption}), and rid of unfinished uploads after ${abortsUploadsAfterDays} days.`,
    'A bucket of the stack: `npx cdk deploy`. One of your own (existingBucketName) is yours to set so.',
  );
};

const policySchema = z.object({ Statement: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]) });

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const statement = z.object({
  Effect: z.literal('Deny'),
  Principal: z.union([z.literal('*'), z.object({ AWS: oneOrMore.refine((who) => who.includes('*')) })]),
  Action: oneOrMore.refine((actions) => actions.some((action) => action === 's3:*' || action === '*')),
  Condition: z.object({ Bool: z.object({ 'aws:SecureTransport': oneOrMore.refine(([value]) => value === 'false') }) }),
});

/** Whether a statement denies every request without TLS. */
function isTlsOnly(policy: string): boolean {
  try {
    const { Statement } = policySchema.parse(JSON.parse(policy));
    return Statement.some((one) => statement.safeParse(one).success);
  } catch {
    return false;
  }
}

export const proveAlarms: StackCheck['prove'] = async (stack) => {
  const alarms = await stack.alarms();
  if (alarms.length === 0) return failed('The stack has no alarms.', '`npx cdk deploy` creates those of this version.');
  const mute = alarms.filter(({ hasActions }) => !hasActions).map(({ name }) => `${name} notifies no one.`);
  const ringing = alarms
    .filter(({ state }) => state === 'ALARM')
    .map(({ name, description }) => `${name} is in ALARM: ${description}`);
  return findingOf(
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
    return failed(
      'No subscriber of the alarms has confirmed the subscription.',
      'Open the link in the e-mail from AWS.',
    );
  // Deliberately not a failure: owners who watch the dashboard or run this with --json may not want mail.
  return notChecked(
    'Alarms notify no one: the topic has no subscriber. Set alarmEmail, or: ' +
      `aws sns subscribe --protocol email --notification-endpoint <address> --topic-arn ${topic}`,
  );
};

// Checks that the functions' roles are as narrow as they were defined: what each function must be able to do, and
// what not.

type Rule = { role: RoleName; may: boolean; action: string; on: 'queue' | 'wakeQueue' | `${string}/` };

const rules: readonly Rule[] = [
  { role: 'Receiver', may: true, action: 'sqs:SendMessage', on: 'queue' },
  { role: 'Receiver', may: false, action: 'sqs:ReceiveMessage', on: 'queue' },
  { role: 'Receiver', may: false, action: 's3:GetObject', on: 'library/' },
  { role: 'Archiver', may: true, action: 'sqs:ReceiveMessage', on: 'queue' },
  { role: 'Archiver', may: true, action: 's3:PutObject', on: 'library/' },
  // P10: stored files belong to the owner.
  { role: 'Archiver', may: false, action: 's3:DeleteObject', on: 'library/' },
  { role: 'Archiver', may: false, action: 's3:DeleteObject', on: 'tasks/' },
  { role: 'Sweeper', may: true, action: 'sqs:SendMessage', on: 'wakeQueue' },
  { role: 'Sweeper', may: true, action: 's3:DeleteObject', on: 'schedule/' },
  { role: 'Sweeper', may: false, action: 's3:GetObject', on: 'library/' },
  { role: 'Sweeper', may: false, action: 's3:PutObject', on: 'library/' },
  { role: 'Sweeper', may: false, action: 's3:DeleteObject', on: 'library/' },
];

export const provePermissions: StackCheck['prove'] = async (stack, { deployment }) => {
  const [queue, wakeQueue] = await Promise.all([deployment.queue('queue'), deployment.queue('wakeQueue')]);
  const queues = { queue: queue.arn, wakeQueue: wakeQueue.arn };
  // arn:<partition>:sqs:…
  const partition = queue.arn.split(':')[1] ?? 'aws';
  const arnOf = ({ on }: Rule) =>
    on === 'queue' || on === 'wakeQueue' ? queues[on] : `arn:${partition}:s3:::${stack.bucketName}/${on}doctor`;
  const judged = await Promise.all(
    rules.map(async (rule) => ({ ...rule, is: await stack.isAllowed(rule.role, rule.action, arnOf(rule)) })),
  );
  const wrong = judged
    .filter(({ may, is }) => may !== is)
    .map(({ role, may, action, on }) => `The ${role} ${may ? 'may not' : 'may'} ${action} on ${on}.`);
  return findingOf(
    wrong,
    `Each function may do its part and no more: ${rules.length} questions to IAM.`,
    'A role or a policy above it was changed: `npx cdk diff` shows the change, and `npx cdk deploy` restores the role.',
  );
};
