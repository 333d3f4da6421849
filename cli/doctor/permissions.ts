// Checks that the functions' roles are as narrow as they were defined: what each function must be able to do, and
// what not.
import type { StackCheck } from './check.ts';
import { verdict } from './finding.ts';
import type { RoleName } from './target.ts';

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

export const provePermissions: StackCheck['prove'] = async (stack, { patient }) => {
  const [queue, wakeQueue] = await Promise.all([patient.queue('queue'), patient.queue('wakeQueue')]);
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
  return verdict(
    wrong,
    `Each function may do its part and no more: ${rules.length} questions to IAM.`,
    'Somebody changed a role, or a policy above it: `npx cdk diff` shows it, and `npx cdk deploy` mends the role.',
  );
};
