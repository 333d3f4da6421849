import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deploymentNoteIn } from '../../client/target/deployment-note.ts';
import { clientConfig } from '../../client/target/local-aws.ts';
import { queueLimits } from '../../infra/shared-settings.ts';
import { deployLocally, type LocalDeploymentOptions } from '../../local/deployment.ts';
import { sharedBundle } from '../doubles/shared-bundle.ts';
import { temporaryFolder } from './lambda/bundle-of.ts';

const token = 'a-token-of-more-than-16-characters';

async function deploy(options: Partial<LocalDeploymentOptions> = {}) {
  const log: Record<string, unknown>[] = [];
  const data = options.data ?? (await temporaryFolder());
  const onLog: LocalDeploymentOptions['onLog'] = (entry) => log.push(entry);
  const deployment = await deployLocally({ token, bundle: sharedBundle, ...options, data, onLog });
  onTestFinished(deployment.close);
  return { ...deployment, data, log };
}

/** Has no assets: the whole way of a callback without any source. */
const failedTask = (taskId: string) =>
  JSON.stringify({ code: 451, msg: 'no', data: { callbackType: 'error', task_id: taskId, data: null } });

const post = (url: string, body: string) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

async function receive(sqsUrl: string, queueUrl: string): Promise<unknown[]> {
  const client = new SQSClient(clientConfig(sqsUrl));
  onTestFinished(() => client.destroy());
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 15 }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

const seconds = 1000;

test('a callback goes all the way through the bundled functions into the bucket', async () => {
  const { callbackUrl, bucketFolder } = await deploy();

  const response = await post(callbackUrl, failedTask('t1'));

  expect([response.status, await response.json()]).toEqual([200, { status: 'received' }]);
  await vi.waitFor(() => access(join(bucketFolder, 'tasks/t1.json')), { timeout: 15 * seconds });
});

test('the end of a task is published to every listener, and stands in the file of events', async () => {
  const heard: unknown[] = [];
  const { callbackUrl, eventsFile, bucketFolder } = await deploy({ onEvent: (event) => void heard.push(event) });

  await post(callbackUrl, failedTask('t1'));

  const detail = { taskId: 't1', stack: 'local', bucket: 'trackkeeper', failure: { outcome: 'input_unreachable' } };
  const told = { 'detail-type': 'TaskFailed', source: 'trackkeeper', detail };
  await vi.waitFor(() => expect(heard).toMatchObject([told]), { timeout: 15 * seconds });
  expect(JSON.parse(await readFile(eventsFile, 'utf8'))).toEqual(heard[0]);
  await vi.waitFor(
    async () => {
      const record = JSON.parse(await readFile(join(bucketFolder, 'tasks/t1.json'), 'utf8'));
      expect(record.announced).toHaveLength(1);
    },
    { timeout: 15 * seconds },
  );
});

test('a person who opens the URL sees that it is the right one, and another one is unknown', async () => {
  const { callbackUrl } = await deploy();

  expect(await (await fetch(callbackUrl)).json()).toEqual({ status: 'ready' });
  expect((await fetch(`${callbackUrl}x`)).status).toBe(404);
});

test('what was in flight when everything ended is worked on at the next start', async () => {
  const before = await deploy({ concurrency: 0 });
  await post(before.callbackUrl, failedTask('t1'));
  expect(await receive(before.sqsUrl, before.queueUrl)).toHaveLength(1);
  await before.close();

  const { bucketFolder } = await deploy({ data: before.data });

  await vi.waitFor(() => access(join(bucketFolder, 'tasks/t1.json')), { timeout: 15 * seconds });
});

test('both queues have the settings of the stack, and give a message up into the one dead-letter queue', async () => {
  const { sqsUrl, queueUrl, wakeQueueUrl, deadLetterQueueUrl } = await deploy();
  const client = new SQSClient(clientConfig(sqsUrl));
  onTestFinished(() => client.destroy());
  const attributesOf = async (QueueUrl: string) =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};

  const settings = {
    VisibilityTimeout: String(queueLimits.visibilitySeconds),
    MessageRetentionPeriod: String(queueLimits.retentionSeconds),
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: (await attributesOf(deadLetterQueueUrl)).QueueArn,
      maxReceiveCount: queueLimits.maxReceiveCount,
    }),
  };

  expect(wakeQueueUrl).not.toBe(queueUrl);
  expect(await attributesOf(queueUrl)).toMatchObject(settings);
  expect(await attributesOf(wakeQueueUrl)).toMatchObject(settings);
});

test('what is due is found by the sweeper, and put into the queue of those that fell due', async () => {
  const { s3Url, bucketName, sqsUrl, wakeQueueUrl } = await deploy({ concurrency: 0, sweepEveryMs: 50 });
  const s3 = new S3Client({ ...clientConfig(s3Url), forcePathStyle: true });
  onTestFinished(() => s3.destroy());

  await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: 'schedule/20261101T000000Z/t1', ContentLength: 0 }));

  expect(await receive(sqsUrl, wakeQueueUrl)).toEqual([expect.objectContaining({ type: 'wake', task: 't1' })]);
});

test('a task is announced where the receiver is', async () => {
  const { tasksUrl, sqsUrl, queueUrl } = await deploy({ concurrency: 0 });
  const task = { provider: 'sunoapi.org', kind: 'music', taskId: 't1' };

  const response = await post(`${tasksUrl}?project=demo`, JSON.stringify(task));

  expect(response.status).toBe(202);
  expect(await receive(sqsUrl, queueUrl)).toEqual([
    expect.objectContaining({ type: 'expected', labels: { project: 'demo' }, tasks: [task] }),
  ]);
});

test('the command line finds what runs by its data folder, and nothing there tells the token', async () => {
  const { data, close, bucketName, s3Url, sqsUrl, queueUrl, wakeQueueUrl, deadLetterQueueUrl } = await deploy({
    providerKeys: { 'kie.ai': 'a-key' },
  });
  const note = await readFile(deploymentNoteIn(data), 'utf8');
  await close();

  expect(JSON.parse(note)).toMatchObject({
    ...{ pid: process.pid, bucketName, s3Url, sqsUrl, queueUrl, wakeQueueUrl, deadLetterQueueUrl },
    providerKeysSecretId: 'trackkeeper-provider-keys',
  });
  expect(note).not.toMatch(new RegExp(`${token}|a-key`));
  await expect(access(deploymentNoteIn(data))).rejects.toThrow('ENOENT');
});

test('a data folder that is in use is refused, and stays usable for who has it', async () => {
  const data = await temporaryFolder();
  const { close } = await deploy({ data });
  await writeFile(join(data, '.trackkeeper/lock'), String(process.ppid));

  await expect(deploy({ data })).rejects.toThrow('in use by process');

  await close();
});

test('a start that fails half way gives back what it had taken', async () => {
  const { callbackUrl } = await deploy();
  const data = await temporaryFolder();
  const port = Number(new URL(callbackUrl).port);

  await expect(deploy({ data, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });

  await expect(access(join(data, '.trackkeeper/lock'))).rejects.toThrow('ENOENT');
});
