// The whole archiver as Lambda invokes it, with a queue on a virtual clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encodeCallback } from '../../../functions/domain/message.ts';
import { startEvents } from '../../../local/events.ts';
import { sqsEventOf } from '../../../local/lambda/event-source.ts';
import { startS3 } from '../../../local/s3/server.ts';
import { startSqs } from '../../../local/sqs/server.ts';
import { lambdaContext } from '../../doubles/lambda.ts';

const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-archiver-'));
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const closing: (() => unknown)[] = [];
let now = Date.now();
let queueUrl: string;
let wakeQueueUrl: string;
let sqs: SQSClient;
let host: string;
let handler: typeof import('../../../functions/archiver/handler.ts').handler;

beforeAll(async () => {
  const s3Server = await startS3({ folder, systemFolder: join(folder, '.system') });
  const sqsServer = await startSqs({ file: join(folder, '.system', 'sqs.jsonl'), now: () => now });
  const events = await startEvents({ file: join(folder, '.system', 'events.jsonl') });
  const source = http.createServer((_, response) => response.writeHead(429).end());
  await new Promise<void>((ready) => source.listen(0, '127.0.0.1', ready));
  const address = source.address();
  host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  closing.push(s3Server.close, sqsServer.close, events.close, () => source.close());

  const s3 = new S3Client({ endpoint: s3Server.url, region: 'us-east-1', credentials });
  await s3.send(new CreateBucketCommand({ Bucket: 'music' }));
  sqs = new SQSClient({ endpoint: sqsServer.url, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'callbacks' }))).QueueUrl ?? '';
  wakeQueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'wakes' }))).QueueUrl ?? '';
  const env = {
    STACK_NAME: 'trackkeeper',
    BUCKET_NAME: 'music',
    QUEUE_URL: queueUrl,
    WAKE_QUEUE_URL: wakeQueueUrl,
    ALLOWED_PRIVATE_SOURCES: host,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_S3: s3Server.url,
    AWS_ENDPOINT_URL_SQS: sqsServer.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: events.url,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  ({ handler } = await import('../../../functions/archiver/handler.ts'));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  sqs.destroy();
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
});

test('P3: a task that stays open leaves the queue, and has a marker for when it is due', async () => {
  const track = { id: 'a', title: 'T', audio_url: `http://${host}/a.mp3` };
  const body = { code: 200, data: { callbackType: 'complete', task_id: 'open-task', data: [track] } };

  await handleNext(JSON.stringify(body));
  const answer = await handleWake();

  const record = JSON.parse(await readFile(join(folder, 'music/tasks/open-task.json'), 'utf8'));
  expect(record).toMatchObject({ status: 'archiving', claim: null, assets: [{ attempts: [{ code: 'throttled' }] }] });
  expect(answer).toEqual({ batchItemFailures: [] });
  const waitMs = Date.parse(record.dueAt) - Date.parse(record.assets[0].attempts[0].at);
  expect(waitMs).toBeGreaterThanOrEqual(60_000);
  expect(waitMs).toBeLessThanOrEqual(73_000);
  const time = record.dueAt.replace(/[-:]|\.\d+/g, '');
  expect(await readdir(join(folder, 'music/schedule'), { recursive: true })).toContain(`${time}/open-task`);
});

test('F49: a message that cannot be worked off is hidden for a minute, and comes back', async () => {
  const body = { code: 501, data: { callbackType: 'error', task_id: 'broken-task', data: null } };
  await writeFile(join(folder, 'music/tasks/broken-task.json'), '{"schemaVersion":9}');

  const answer = await handleNext(JSON.stringify(body));

  expect(answer.batchItemFailures).toHaveLength(1);
  now += 59_000;
  expect(await receive()).toBeUndefined();
  now += 3_000;
  expect(await receive()).toBeDefined();
});

test('a task that is closed leaves the queue', async () => {
  const body = { code: 501, data: { callbackType: 'error', task_id: 'closed-task', data: null } };

  expect(await handleNext(JSON.stringify(body))).toEqual({ batchItemFailures: [] });
});

async function handleNext(body: string) {
  const message = encodeCallback({ receivedAt: new Date(now).toISOString(), labels: {}, body: Buffer.from(body) });
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message ?? '' }));
  return handleMessage(await receive());
}

function handleMessage(message: Awaited<ReturnType<typeof receive>>) {
  if (message === undefined) throw new Error('the queue is empty');
  return handler(sqsEventOf(message, 'arn:aws:sqs:us-east-1:000000000000:callbacks'), lambdaContext(900_000));
}

/** Handles the wake message that the callback led to. */
async function handleWake() {
  const wake = await receive(wakeQueueUrl);
  if (wake === undefined) throw new Error('the task was not woken');
  return handler(sqsEventOf(wake, 'arn:aws:sqs:us-east-1:000000000000:wakes'), lambdaContext(900_000));
}

async function receive(url = queueUrl) {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 5_400, MessageSystemAttributeNames: ['All'] }),
  );
  return Messages?.[0];
}
