import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { limits } from '../../functions/domain/limits.ts';
import { requeueDelayMs } from '../../functions/domain/schedule.ts';
import { resourceOf, synthesized } from './synthesized.ts';

const template = synthesized();
const queueNamed = (id: string) => resourceOf(template, 'AWS::SQS::Queue', id);
const deadLetterQueue = queueNamed('DeadLetterQueue');
const redrivePolicy = z.object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() });
const redrivePolicyOf = (id: string) => redrivePolicy.parse(queueNamed(id).Properties.RedrivePolicy);
const [minute, hour, day] = [60, 60 * 60, 24 * 60 * 60];

test('all queues are encrypted and refuse anyone who comes without TLS', () => {
  template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  for (const id of ['Queue', 'WakeQueue', 'DeadLetterQueue']) {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: queueNamed(id).id }],
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  }
});

test('what was set aside waits 14 days', () => {
  expect(deadLetterQueue.Properties.MessageRetentionPeriod).toBe(14 * day);
});

describe.each(['Queue', 'WakeQueue'])('the %s', (id) => {
  const { maxReceiveCount, deadLetterTargetArn } = redrivePolicyOf(id);
  const { Properties } = queueNamed(id);

  test('hides a message six times as long as the archiver may run', () => {
    const timeout = z.number().parse(resourceOf(template, 'AWS::Lambda::Function', 'Archiver').Properties.Timeout);

    expect(Properties.VisibilityTimeout).toBe(6 * timeout);
  });

  test('keeps a message 14 days', () => {
    expect(Properties.MessageRetentionPeriod).toBe(14 * day);
  });

  test('takes a message as large as the receiver may send', () => {
    expect(Properties.MaximumMessageSize).toBe(limits.messageBytes);
  });

  test('sets aside what failed too often where the other one does', () => {
    expect(deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [deadLetterQueue.id, 'Arn'] });
  });

  test('moves no message to the dead letters while a dependency is down for 14 days', () => {
    const waits = Array.from({ length: maxReceiveCount }, (_, received) => requeueDelayMs(received + 1));

    expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(limits.linkLifetimeMs);
  });

  test('F53: sets no message aside for throttling alone, for six days', () => {
    const visibilitySeconds = z.number().parse(Properties.VisibilityTimeout);

    expect(maxReceiveCount * visibilitySeconds).toBeGreaterThan(6 * day);
  });

  test('sets a message that the code fails on each minute aside within two hours', () => {
    expect(maxReceiveCount * minute).toBeLessThan(2 * hour);
  });
});
