import { expect, test } from 'vitest';
import { eventSource } from '../../functions/domain/task-event.ts';
import { permissionsOf, resourceOf, statementsOf, synthesized } from './synthesized.ts';

const template = synthesized();
const queue = resourceOf(template, 'AWS::SQS::Queue', 'Queue');
const wakeQueue = resourceOf(template, 'AWS::SQS::Queue', 'WakeQueue');
const archiver = resourceOf(template, 'AWS::Lambda::Function', 'Archiver');
const bucket = resourceOf(template, 'AWS::S3::Bucket', 'Bucket');
const permissions = permissionsOf(template, 'Archiver');
const environmentOf = (context: Record<string, unknown>) =>
  resourceOf(synthesized(context), 'AWS::Lambda::Function', 'Archiver').Properties.Environment;

test('messages are processed one by one, a failed one returns alone, and ten of each queue are processed at the same time', () => {
  for (const { id } of [queue, wakeQueue]) {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: archiver.id },
      EventSourceArn: { 'Fn::GetAtt': [id, 'Arn'] },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  }
});

test('the owner decides how many messages are processed at the same time, of each queue, and with how much memory', () => {
  const tuned = synthesized({
    'trackkeeper:archiverConcurrency': '3',
    'trackkeeper:wakeConcurrency': '4',
    'trackkeeper:archiverMemoryMb': '2048',
  });
  const atOnce = (id: string, MaximumConcurrency: number) =>
    tuned.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [id, 'Arn'] },
      ScalingConfig: { MaximumConcurrency },
    });

  atOnce(queue.id, 3);
  atOnce(wakeQueue.id, 4);
  expect(resourceOf(tuned, 'AWS::Lambda::Function', 'Archiver').Properties.MemorySize).toBe(2048);
});

test('the archiver has the bucket and the queues in its environment, and nothing else', () => {
  expect(archiver.Properties.Environment).toEqual({
    Variables: {
      STACK_NAME: 'Trackkeeper',
      BUCKET_NAME: { Ref: bucket.id },
      QUEUE_URL: { Ref: queue.id },
      WAKE_QUEUE_URL: { Ref: wakeQueue.id },
    },
  });
});

test('the owner decides which hosts media may come from, and whether over http', () => {
  const narrowed = environmentOf({
    'trackkeeper:allowedSourceHosts': 'suno.ai,kie.ai',
    'trackkeeper:allowHttpSources': 'true',
  });

  expect(narrowed).toMatchObject({
    Variables: { ALLOWED_SOURCE_HOSTS: 'suno.ai,kie.ai', ALLOW_HTTP_SOURCES: 'true' },
  });
});

const withKeys = { 'trackkeeper:providerKeysSecretName': 'music/keys' };

test('without the owner’s keys no one is asked, and no secret may be read', () => {
  expect(JSON.stringify(archiver.Properties.Environment)).not.toMatch(/PROVIDER|CONFIRM/);
  expect(permissions.has('secretsmanager:GetSecretValue')).toBe(false);
});

test('the archiver reads the owner’s keys where they are, and only those', () => {
  const template = synthesized(withKeys);

  expect(environmentOf(withKeys)).toMatchObject({ Variables: { PROVIDER_KEYS_SECRET_ID: 'music/keys' } });
  expect(permissionsOf(template, 'Archiver').get('secretsmanager:GetSecretValue')).toEqual([
    expect.stringContaining(':secret:music/keys-??????'),
  ]);
  for (const other of ['Receiver', 'Sweeper']) {
    expect(JSON.stringify([...permissionsOf(template, other)])).not.toContain('music/keys');
  }
});

test('the owner decides whether links are followed that only a callback names', () => {
  expect(environmentOf(withKeys)).not.toMatchObject({ Variables: { CONFIRM_WITH_PROVIDER: expect.anything() } });
  expect(environmentOf({ ...withKeys, 'trackkeeper:confirmWithProvider': true })).toMatchObject({
    Variables: { CONFIRM_WITH_PROVIDER: 'true' },
  });
});

test('P10: the archiver can delete markers and nothing else', () => {
  const deleting = [...permissions.keys()].filter((action) => /delete|\*/i.test(action));

  // Taking a message off a queue is how it says that it is done.
  expect(deleting).toEqual(['sqs:DeleteMessage', 's3:DeleteObject']);
  expect(permissions.get('s3:DeleteObject')).toEqual([expect.stringContaining('"/schedule/*"')]);
});

test('the archiver sends messages to the wake queue only', () => {
  expect(permissions.get('sqs:SendMessage')).toEqual([JSON.stringify({ 'Fn::GetAtt': [wakeQueue.id, 'Arn'] })]);
});

test('the archiver may do just what a transfer takes', () => {
  const arnOf = (key: string) =>
    JSON.stringify({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket.id, 'Arn'] }, `/${key}/*`]] });
  const bothQueues = [queue, wakeQueue].map(({ id }) => JSON.stringify({ 'Fn::GetAtt': [id, 'Arn'] }));
  const theBucket = [JSON.stringify({ 'Fn::GetAtt': [bucket.id, 'Arn'] })];
  const itsLog = [
    JSON.stringify({ 'Fn::GetAtt': [resourceOf(template, 'AWS::Logs::LogGroup', 'Archiver').id, 'Arn'] }),
  ];
  const read = ['library', 'tasks', 'quarantine'].map(arnOf);

  expect(Object.fromEntries(permissions)).toEqual({
    'logs:CreateLogStream': itsLog,
    'logs:PutLogEvents': itsLog,
    'sqs:ReceiveMessage': bothQueues,
    'sqs:DeleteMessage': bothQueues,
    'sqs:ChangeMessageVisibility': bothQueues,
    'sqs:GetQueueAttributes': bothQueues,
    'sqs:SendMessage': [JSON.stringify({ 'Fn::GetAtt': [wakeQueue.id, 'Arn'] })],
    's3:ListBucket': theBucket,
    's3:ListBucketMultipartUploads': theBucket,
    's3:GetObject': read,
    's3:PutObject': [...read, arnOf('callbacks'), arnOf('answers'), arnOf('schedule')],
    's3:DeleteObject': [arnOf('schedule')],
    's3:AbortMultipartUpload': ['library', 'quarantine'].map(arnOf),
    's3:ListMultipartUploadParts': ['library', 'quarantine'].map(arnOf),
    'events:PutEvents': [
      JSON.stringify({
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':events:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':event-bus/default',
          ],
        ],
      }),
    ],
  });
});

test('the archiver publishes events in the name of Trackkeeper, and in no one else’s', () => {
  const statements = statementsOf(template, 'Archiver').filter(({ Action }) => Action.includes('events:PutEvents'));

  expect(statements).toMatchObject([
    { Effect: 'Allow', Action: ['events:PutEvents'], Condition: { StringEquals: { 'events:source': eventSource } } },
  ]);
});
