import type { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ArchiverEnv } from '../functions/archiver/env.ts';
import { eventSource } from '../functions/domain/task-event.ts';
import { referToSecret, type SecretReference } from './callback-secret.ts';
import type { Config } from './config.ts';
import { allow, defineNodeFunction, type FunctionCode } from './node-function.ts';
import type { StackQueues } from './queues.ts';
import { keyPermissions } from './storage.ts';

type ArchiverProps = { config: Config; code: FunctionCode; bucket: IBucket; queues: StackQueues };
type GrantedProps = Omit<ArchiverProps, 'code'> & { providerKeys: SecretReference | undefined };

/** Defines the archiver: the function that processes the messages of both queues. */
export function defineArchiver(stack: Stack, { code, ...props }: ArchiverProps) {
  const { config, queues } = props;
  const { providerKeysSecretName: name } = config;
  const providerKeys = name === undefined ? undefined : referToSecret(stack, 'ProviderKeys', name);
  const archiver = defineNodeFunction(stack, 'Archiver', {
    name: 'archiver',
    description: 'Takes one step of one task forward: callback, record, transfers.',
    code,
    config,
    memorySize: config.archiverMemoryMb,
    environment: archiverEnvironment({ ...props, providerKeys }),
    allow: archiverPermissions(stack, { ...props, providerKeys }),
  });

  const addEventSource = (id: string, eventSourceArn: string, maxConcurrency: number) =>
    // Deliberately not SqsEventSource, which grants the function more than it needs.
    archiver.addEventSourceMapping(id, {
      eventSourceArn,
      maxConcurrency,
      // One task per invocation, so that a failing task affects no other.
      batchSize: 1,
      reportBatchItemFailures: true,
    });
  addEventSource('Messages', queues.queue.queueArn, config.archiverConcurrency);
  addEventSource('Wakes', queues.wakeQueue.queueArn, config.wakeConcurrency);

  return { archiver, providerKeysSecretId: providerKeys?.id };
}

/** Settings that are not configured are omitted; the archiver has defaults. */
function archiverEnvironment({ config, bucket, queues, providerKeys }: GrantedProps) {
  const { allowedSourceHosts, allowHttpSources, confirmWithProvider } = config;
  return {
    STACK_NAME: config.stackName,
    BUCKET_NAME: bucket.bucketName,
    QUEUE_URL: queues.queue.queueUrl,
    WAKE_QUEUE_URL: queues.wakeQueue.queueUrl,
    ...(providerKeys !== undefined && { PROVIDER_KEYS_SECRET_ID: providerKeys.id }),
    ...(confirmWithProvider && { CONFIRM_WITH_PROVIDER: 'true' }),
    ...(allowedSourceHosts !== undefined && { ALLOWED_SOURCE_HOSTS: allowedSourceHosts }),
    ...(allowHttpSources && { ALLOW_HTTP_SOURCES: 'true' }),
  } satisfies ArchiverEnv;
}

/** Only markers can be deleted: stored files belong to the owner (P10). */
function archiverPermissions(stack: Stack, { config, bucket, queues, providerKeys }: GrantedProps): PolicyStatement[] {
  const keys = (...folders: string[]) => folders.map((folder) => bucket.arnForObjects(`${folder}/*`));
  return [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      [queues.queue.queueArn, queues.wakeQueue.queueArn],
    ),
    // A callback wakes its task.
    allow(['sqs:SendMessage'], [queues.wakeQueue.queueArn]),
    // Without this permission S3 responds 403, not 404, for a missing key, which looks like a permanent error.
    // Deliberately without the sweeper's condition: GetObject has no prefix, and listing uploads does not support
    // that condition.
    allow(['s3:ListBucket', 's3:ListBucketMultipartUploads'], [bucket.bucketArn]),
    allow(['s3:GetObject'], keys('library', 'tasks', 'quarantine')),
    allow(['s3:PutObject'], keys('library', 'tasks', 'quarantine', 'callbacks', 'answers', 'schedule')),
    allow(['s3:DeleteObject'], keys('schedule')),
    allow(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], keys('library', 'quarantine')),
    // Only with our own source name, so that the listeners of the bus can trust it.
    allow(
      ['events:PutEvents'],
      [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      { StringEquals: { 'events:source': eventSource } },
    ),
    ...keyPermissions(bucket, config),
    ...(providerKeys === undefined ? [] : [allow(['secretsmanager:GetSecretValue'], [providerKeys.arn])]),
  ];
}
