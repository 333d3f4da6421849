import { expect, test } from 'vitest';
import * as z from 'zod';
import { permissionsOf, resourceOf, statementsOf, synthesized } from './synthesized.ts';

const template = synthesized();
const sweeper = resourceOf(template, 'AWS::Lambda::Function', 'Sweeper');
const bucket = resourceOf(template, 'AWS::S3::Bucket', 'Bucket');
const wakeQueue = resourceOf(template, 'AWS::SQS::Queue', 'WakeQueue');
const log = resourceOf(template, 'AWS::Logs::LogGroup', 'SweeperLog');
const permissions = permissionsOf(template, 'Sweeper');
const arnOf = ({ id }: { id: string }) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const markers = [JSON.stringify({ 'Fn::Join': ['', [arnOf(bucket), '/schedule/*']] })];

test('P3: the sweeper runs every minute', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    Targets: [{ Arn: arnOf(sweeper), Id: 'Target0' }],
  });
  template.hasResourceProperties('AWS::Lambda::Permission', {
    FunctionName: arnOf(sweeper),
    Principal: 'events.amazonaws.com',
  });
});

test('a sweep has ended when the next one begins', () => {
  expect(z.number().parse(sweeper.Properties.Timeout)).toBeLessThan(60);
});

test('a sweep that failed or came late is left to the next one', () => {
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: { Ref: sweeper.id },
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
});

test('the sweeper takes no share of the account’s concurrency for itself', () => {
  expect(sweeper.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('the sweeper has the stack’s name, the bucket and the wake queue in its environment, and nothing else', () => {
  expect(sweeper.Properties.Environment).toEqual({
    Variables: {
      STACK_NAME: 'Trackkeeper',
      BUCKET_NAME: { Ref: bucket.id },
      WAKE_QUEUE_URL: { Ref: wakeQueue.id },
    },
  });
});

test('the sweeper may move markers and send to the wake queue, and nothing else', () => {
  const itsLog = [JSON.stringify(arnOf(log))];

  expect(Object.fromEntries(permissions)).toEqual({
    'logs:CreateLogStream': itsLog,
    'logs:PutLogEvents': itsLog,
    's3:ListBucket': [JSON.stringify(arnOf(bucket))],
    's3:PutObject': markers,
    's3:DeleteObject': markers,
    'sqs:SendMessage': [JSON.stringify(arnOf(wakeQueue))],
  });
});

test('of the bucket the sweeper sees only the schedule', () => {
  const listing = statementsOf(template, 'Sweeper').filter(({ Action }) => Action.includes('s3:ListBucket'));

  expect(listing.map(({ Condition }) => Condition)).toEqual([{ StringLike: { 's3:prefix': 'schedule/*' } }]);
});

test.each(['Receiver', 'Archiver', 'Sweeper'])('P10: the %s can delete nothing in the bucket but markers', (id) => {
  const deleting = [...permissionsOf(template, id)].filter(([action]) => /^(s3:.*(delete|\*)|\*)/i.test(action));

  expect(deleting).toEqual(id === 'Receiver' ? [] : [['s3:DeleteObject', markers]]);
});
