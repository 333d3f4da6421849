import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { requeueDelayMs } from '../../functions/domain/schedule.ts';
import { permissionsOf, resourceOf, statementsOf, synthesized } from './synthesized.ts';

const endpoint = 'https://music.example.com/hooks/suno?for=me';
const template = synthesized({ 'trackkeeper:forwardTo': endpoint });
const forwarder = resourceOf(template, 'AWS::Lambda::Function', 'Forwarder');
const bucket = resourceOf(template, 'AWS::S3::Bucket', 'Bucket');
const queue = resourceOf(template, 'AWS::SQS::Queue', 'ForwardQueue');
const deadLetterQueue = resourceOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
const rule = resourceOf(template, 'AWS::Events::Rule', 'ForwardRule');
const secret = resourceOf(template, 'AWS::SecretsManager::Secret', 'Secret');
const log = resourceOf(template, 'AWS::Logs::LogGroup', 'ForwarderLog');
const arnOf = ({ id }: { id: string }) => ({ 'Fn::GetAtt': [id, 'Arn'] });

test('without an endpoint there is nothing of it, and nothing costs', () => {
  const ids = Object.keys(synthesized().toJSON().Resources);

  expect(ids.filter((id) => id.startsWith('Forward'))).toEqual([]);
  expect(synthesized().findOutputs('ForwardQueueUrl')).toEqual({});
});

describe('the queue of what is to be passed on', () => {
  test('is encrypted and refuses anyone who comes without TLS', () => {
    expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: queue.id }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('takes messages from its own rule, and from no one else', () => {
    const policies = z
      .record(
        z.string(),
        z.object({
          Properties: z.object({
            Queues: z.array(z.object({ Ref: z.string() })),
            PolicyDocument: z.object({ Statement: z.array(z.looseObject({ Effect: z.string() })) }),
          }),
        }),
      )
      .parse(template.findResources('AWS::SQS::QueuePolicy'));
    const own = Object.values(policies).find(({ Properties }) => Properties.Queues[0]?.Ref === queue.id);
    const allowed = own?.Properties.PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow');

    expect(allowed).toEqual([
      expect.objectContaining({
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': arnOf(rule) } },
      }),
    ]);
  });

  test('keeps a message 14 days, and longer than it is tried', () => {
    expect(queue.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  test('sets aside, with all the others, what the endpoint did not take for three days', () => {
    const { maxReceiveCount, deadLetterTargetArn } = z
      .object({ maxReceiveCount: z.number(), deadLetterTargetArn: z.unknown() })
      .parse(queue.Properties.RedrivePolicy);
    const waits = Array.from({ length: maxReceiveCount - 1 }, (_, received) => requeueDelayMs(received + 1));
    const days = waits.reduce((sum, wait) => sum + wait) / 86_400_000;

    expect(deadLetterTargetArn).toEqual(arnOf(deadLetterQueue));
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(4);
  });

  test('hides a message at least six times as long as the forwarder may run', () => {
    const timeout = z.number().parse(forwarder.Properties.Timeout);

    expect(z.number().parse(queue.Properties.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * timeout);
  });
});

test('the ends of this stack’s own tasks go there, and those of no test task and of no other stack', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['trackkeeper'],
      'detail-type': ['MediaReady', 'TaskFailed'],
      detail: { stack: ['Trackkeeper'], taskId: [{ 'anything-but': { prefix: 'doctor-' } }] },
    },
    State: 'ENABLED',
    Targets: [{ Arn: arnOf(queue), Id: 'Target0' }],
  });
});

test('the forwarder works them off one by one, five at once', () => {
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    EventSourceArn: arnOf(queue),
    FunctionName: { Ref: forwarder.id },
    BatchSize: 1,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 5 },
  });
});

test('the forwarder knows the endpoint, and where its key is, but not the key', () => {
  expect(forwarder.Properties.Environment).toEqual({
    Variables: {
      STACK_NAME: 'Trackkeeper',
      BUCKET_NAME: { Ref: bucket.id },
      FORWARD_QUEUE_URL: { Ref: queue.id },
      FORWARD_TO: endpoint,
      SECRET_ID: { Ref: secret.id },
    },
  });
});

test('the forwarder may read what it passes on, take its messages and read the secret, and change nothing', () => {
  const itsLog = [JSON.stringify(arnOf(log))];
  const itsQueue = [JSON.stringify(arnOf(queue))];
  const keysIn = (folder: string) => JSON.stringify({ 'Fn::Join': ['', [arnOf(bucket), `/${folder}/*`]] });

  expect(Object.fromEntries(permissionsOf(template, 'Forwarder'))).toEqual({
    'logs:CreateLogStream': itsLog,
    'logs:PutLogEvents': itsLog,
    'sqs:ReceiveMessage': itsQueue,
    'sqs:DeleteMessage': itsQueue,
    'sqs:ChangeMessageVisibility': itsQueue,
    'sqs:GetQueueAttributes': itsQueue,
    's3:ListBucket': [JSON.stringify(arnOf(bucket)), JSON.stringify(arnOf(bucket))],
    's3:GetObject': ['callbacks', 'answers', 'library', 'tasks'].map(keysIn),
    'secretsmanager:GetSecretValue': [JSON.stringify({ Ref: secret.id })],
  });
});

test('of the bucket the forwarder lists only what providers said', () => {
  const listing = statementsOf(template, 'Forwarder').filter(({ Action }) => Action.includes('s3:ListBucket'));

  expect(listing.map(({ Condition }) => Condition)).toEqual([
    { StringLike: { 's3:prefix': 'callbacks/*' } },
    { StringLike: { 's3:prefix': 'answers/*' } },
  ]);
});

test('with a key of the owner’s, the forwarder may decrypt by S3, and not encrypt', () => {
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
  const encrypted = synthesized({ 'trackkeeper:forwardTo': endpoint, 'trackkeeper:kmsKeyArn': key });
  const used = statementsOf(encrypted, 'Forwarder').filter(({ Action }) =>
    Action.some((one) => one.startsWith('kms:')),
  );

  expect(used.map(({ Action, Resource }) => [Action, Resource])).toEqual([[['kms:Decrypt'], [JSON.stringify(key)]]]);
  expect(JSON.stringify(used[0]?.Condition)).toContain('kms:ViaService');
});

test('a deployment with an endpoint tells where its events wait', () => {
  expect(template.findOutputs('ForwardQueueUrl')).toMatchObject({ ForwardQueueUrl: { Value: { Ref: queue.id } } });
});
