import { Match } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { limits } from '../../functions/domain/limits.ts';
import { retryDelayMs } from '../../functions/domain/schedule.ts';
import { permissionsOf, resourceOf, synthesized } from './synthesized.ts';

const template = synthesized();
const queue = resourceOf(template, 'AWS::SQS::Queue', 'Queue');
const deadLetterQueue = resourceOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
const archiver = resourceOf(template, 'AWS::Lambda::Function', 'Archiver');
const bucket = resourceOf(template, 'AWS::S3::Bucket', 'Bucket');
const permissions = permissionsOf(template, 'Archiver');
const days = 24 * 60 * 60;

test('a message stays hidden six times as long as the function may run', () => {
  const timeout = z.number().parse(archiver.Properties.Timeout);

  expect(queue.Properties.VisibilityTimeout).toBe(6 * timeout);
});

test('a message waits 14 days, and as long again beside the queue', () => {
  expect(queue.Properties.MessageRetentionPeriod).toBe(14 * days);
  expect(deadLetterQueue.Properties.MessageRetentionPeriod).toBe(14 * days);
});

test('both queues are encrypted and refuse whoever comes without TLS', () => {
  template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  for (const { id } of [queue, deadLetterQueue]) {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: id }],
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  }
});

test('the queue takes a message as large as the receiver may send', () => {
  expect(queue.Properties.MaximumMessageSize).toBe(limits.messageBytes);
});

test('a transfer is tried again for 14 days before its message is set aside', () => {
  const { deadLetterTargetArn, maxReceiveCount } = z
    .object({ deadLetterTargetArn: z.unknown(), maxReceiveCount: z.number() })
    .parse(queue.Properties.RedrivePolicy);
  const waits = Array.from({ length: maxReceiveCount }, (_, i) => retryDelayMs(i + 1));

  expect(deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [deadLetterQueue.id, 'Arn'] });
  expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(limits.linkLifetimeMs);
});

test('each message is worked on alone, a failed one comes back alone, and ten are worked on at once', () => {
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    FunctionName: { Ref: archiver.id },
    EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
    BatchSize: 1,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 10 },
  });
});

test('the owner decides how many messages are worked on at once, and with how much memory', () => {
  const tuned = synthesized({ 'trackkeeper:archiverConcurrency': '3', 'trackkeeper:archiverMemoryMb': '2048' });

  tuned.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 3 } });
  expect(resourceOf(tuned, 'AWS::Lambda::Function', 'Archiver').Properties.MemorySize).toBe(2048);
});

test('the archiver has the bucket and the queue in its environment, and nothing else', () => {
  expect(archiver.Properties.Environment).toEqual({
    Variables: { BUCKET_NAME: { Ref: bucket.id }, QUEUE_URL: { Ref: queue.id } },
  });
});

test('the owner decides which hosts media may come from, and whether over http', () => {
  const narrowed = synthesized({
    'trackkeeper:allowedSourceHosts': 'suno.ai,kie.ai',
    'trackkeeper:allowHttpSources': 'true',
  });

  expect(resourceOf(narrowed, 'AWS::Lambda::Function', 'Archiver').Properties.Environment).toMatchObject({
    Variables: { ALLOWED_SOURCE_HOSTS: 'suno.ai,kie.ai', ALLOW_HTTP_SOURCES: 'true' },
  });
});

test('the archiver cannot delete anything', () => {
  const deleting = [...permissions.keys()].filter((action) => /delete|\*/i.test(action));

  // Taking a message off the queue is how it says that it is done.
  expect(deleting).toEqual(['sqs:DeleteMessage']);
});

test('the archiver may do just what a transfer takes', () => {
  const arnOf = (key: string) =>
    JSON.stringify({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [bucket.id, 'Arn'] }, `/${key}/*`]] });
  const theQueue = [JSON.stringify({ 'Fn::GetAtt': [queue.id, 'Arn'] })];
  const theBucket = [JSON.stringify({ 'Fn::GetAtt': [bucket.id, 'Arn'] })];
  const itsLog = [
    JSON.stringify({ 'Fn::GetAtt': [resourceOf(template, 'AWS::Logs::LogGroup', 'Archiver').id, 'Arn'] }),
  ];
  const read = ['library', 'tasks', 'quarantine'].map(arnOf);

  expect(Object.fromEntries(permissions)).toEqual({
    'logs:CreateLogStream': itsLog,
    'logs:PutLogEvents': itsLog,
    'sqs:ReceiveMessage': theQueue,
    'sqs:DeleteMessage': theQueue,
    'sqs:ChangeMessageVisibility': theQueue,
    'sqs:GetQueueAttributes': theQueue,
    's3:ListBucket': theBucket,
    's3:GetObject': read,
    's3:PutObject': [...read, arnOf('callbacks')],
    's3:AbortMultipartUpload': ['library', 'quarantine'].map(arnOf),
    's3:ListMultipartUploadParts': ['library', 'quarantine'].map(arnOf),
  });
});
