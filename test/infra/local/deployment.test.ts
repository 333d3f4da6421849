import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { queueLimits } from '../../../infra/limits.ts';
import { deployLocally, type LocalDeploymentOptions } from '../../../infra/local/deployment.ts';
import { clientConfig } from '../../../infra/local/local-aws.ts';
import { temporaryFolder } from './lambda/bundle-of.ts';

const token = 'a-token-of-more-than-16-characters';

async function deploy(options: Partial<LocalDeploymentOptions> = {}) {
  const log: Record<string, unknown>[] = [];
  const data = options.data ?? (await temporaryFolder());
  const deployment = await deployLocally({ token, ...options, data, onLog: (entry) => log.push(entry) });
  onTestFinished(deployment.close);
  return { ...deployment, data, log };
}

/** Has no assets: the whole way of a callback without any source. */
const failedTask = (taskId: string) =>
  JSON.stringify({ code: 451, msg: 'no', data: { callbackType: 'error', task_id: taskId, data: null } });

const post = (url: string, body: string) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

const seconds = 1000;

test('a callback goes all the way through the bundled functions into the bucket', async () => {
  const { callbackUrl, bucketFolder } = await deploy();

  const response = await post(callbackUrl, failedTask('t1'));

  expect([response.status, await response.json()]).toEqual([200, { status: 'received' }]);
  await vi.waitFor(() => access(join(bucketFolder, 'tasks/t1.json')), { timeout: 15 * seconds });
});

test('a person who opens the URL sees that it is the right one, and another one is unknown', async () => {
  const { callbackUrl } = await deploy();

  expect(await (await fetch(callbackUrl)).json()).toEqual({ status: 'ready' });
  expect((await fetch(`${callbackUrl}x`)).status).toBe(404);
});

test('what was in flight when everything ended is worked on at the next start', async () => {
  const before = await deploy({ concurrency: 0 });
  await post(before.callbackUrl, failedTask('t1'));
  const client = new SQSClient(clientConfig(before.sqsUrl));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: before.queueUrl }));
  expect(Messages).toHaveLength(1);
  client.destroy();
  await before.close();

  const { bucketFolder } = await deploy({ data: before.data });

  await vi.waitFor(() => access(join(bucketFolder, 'tasks/t1.json')), { timeout: 15 * seconds });
});

test('the queue gives a message up into the dead-letter queue, and hides one for six times the timeout', async () => {
  const { data, deadLetterQueueUrl } = await deploy();

  const journal = await readFile(join(data, '.trackkeeper/sqs.jsonl'), 'utf8');

  expect(journal).toContain(`"VisibilityTimeout":"${queueLimits.visibilitySeconds}"`);
  expect(journal).toContain(`"MessageRetentionPeriod":"${queueLimits.retentionSeconds}"`);
  expect(journal).toContain(`\\"maxReceiveCount\\":${queueLimits.maxReceiveCount}`);
  expect(deadLetterQueueUrl).toMatch(/trackkeeper-dead-letters$/);
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
