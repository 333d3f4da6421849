// The whole sweeper as Lambda invokes it, with a folder as bucket and a queue on a virtual clock.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { functionVariables } from '../../../client/target/local-aws.ts';
import { decodeMessage } from '../../../functions/domain/message.ts';
import { markerTime, scheduleKey } from '../../../functions/domain/schedule.ts';
import type { SweeperEnv } from '../../../functions/sweeper/env.ts';
import { type S3Fault, startS3 } from '../../../local/s3/server.ts';
import { startSqs } from '../../../local/sqs/server.ts';
import { lambdaContext } from '../../doubles/lambda.ts';

const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-sweeper-'));
const bucket = join(folder, 'music');
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const closing: (() => unknown)[] = [];
const event = { 'detail-type': 'Scheduled Event', source: 'aws.events', time: '2026-11-21T14:59:00Z' };
const atFullHour = { ...event, time: '2026-11-21T15:00:00Z' };
let now = Date.now();
let fault: S3Fault = () => undefined;
let queueUrl: string;
let sqs: SQSClient;
let output: MockInstance<typeof process.stdout.write>;
let handler: typeof import('../../../functions/sweeper/handler.ts').handler;

beforeAll(async () => {
  const s3Server = await startS3({
    folder,
    systemFolder: join(folder, '.system'),
    fault: (request) => fault(request),
  });
  const sqsServer = await startSqs({ file: join(folder, '.system', 'sqs.jsonl'), now: () => now });
  const s3 = new S3Client({ endpoint: s3Server.url, region: 'us-east-1', credentials });
  await s3.send(new CreateBucketCommand({ Bucket: 'music' }));
  sqs = new SQSClient({ endpoint: sqsServer.url, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  queueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'wakes' }))).QueueUrl ?? '';
  closing.push(
    () => sqs.destroy(),
    () => s3.destroy(),
    s3Server.close,
    sqsServer.close,
  );

  const own = { STACK_NAME: 'trackkeeper', BUCKET_NAME: 'music', WAKE_QUEUE_URL: queueUrl } satisfies SweeperEnv;
  const env = {
    ...own,
    ...functionVariables('sweeper', {
      s3: s3Server.url,
      sqs: sqsServer.url,
      secrets: s3Server.url,
      events: s3Server.url,
    }),
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  ({ handler } = await import('../../../functions/sweeper/handler.ts'));
});

beforeEach(() => {
  fault = () => undefined;
  output.mockClear();
  rmSync(join(bucket, 'schedule'), { recursive: true, force: true });
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
});

test('P3: a task that is due is announced to the wake queue, and its later marker stands', async () => {
  put('due-task', -5);
  put('task-of-tomorrow', 86_400);

  expect(await handler(event, lambdaContext(55_000))).toEqual({ swept: 1, left: false });

  const [wake] = await receive();
  expect(wake).toMatchObject({ type: 'wake', task: 'due-task' });
  const marker = wake?.type === 'wake' ? wake.marker : '';
  const keys = readdirSync(join(bucket, 'schedule'), { recursive: true, withFileTypes: true });
  expect(
    keys
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['due-task', 'task-of-tomorrow']);
  expect(readdirSync(join(bucket, scheduleKey({ dueAt: marker, task: '' })))).toEqual(['due-task']);
  expect(Date.parse(marker) - Date.now()).toBeGreaterThan(5 * 3_600_000);
  expect(logged()).toMatchObject([{ level: 'info', event: 'sweep', swept: 1, left: false }]);
});

test('what falls due within the coming minute waits in the queue until then', async () => {
  put('soon', 40);

  await handler(event, lambdaContext(55_000));

  expect(await receive()).toEqual([]);
  now += 41_000;
  expect(await receive()).toMatchObject([{ type: 'wake', task: 'soon' }]);
});

test('a minute with nothing due costs one request and no line', async () => {
  const asked: string[] = [];
  fault = ({ operation }) => {
    asked.push(operation);
    return undefined;
  };

  expect(await handler(event, lambdaContext(55_000))).toEqual({ swept: 0, left: false });

  expect(asked).toEqual(['ListObjectsV2']);
  expect(logged()).toEqual([]);
});

test('once an hour it tells how many tasks are open, also where it could not sweep', async () => {
  put('due-task', -5);
  put('task-of-tomorrow', 86_400);

  await handler(atFullHour, lambdaContext(55_000));
  fault = ({ operation }) => (operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined);
  put('another', -5);
  await expect(handler(atFullHour, lambdaContext(55_000))).rejects.toThrow('403');

  expect(logged().filter((line) => line.event === 'tasks.open')).toMatchObject([{ count: 2 }, { count: 3 }]);
  expect(await receive()).toMatchObject([{ task: 'due-task' }]);
});

test('the number is logged even if nothing is open', async () => {
  expect(await handler(atFullHour, lambdaContext(55_000))).toEqual({ swept: 0, left: false });

  expect(logged()).toMatchObject([{ event: 'tasks.open', count: 0, OpenTasks: 0, service: 'trackkeeper' }]);
});

test('who starts it by hand need not know what a rule sends', async () => {
  expect(await handler(null, lambdaContext(55_000))).toEqual({ swept: 0, left: false });
  expect(await handler({}, lambdaContext(55_000))).toEqual({ swept: 0, left: false });

  expect(logged()).toEqual([]);
});

test('shortly before its end it begins nothing more', async () => {
  put('due-task', -5);

  expect(await handler(event, lambdaContext(9_000.5))).toEqual({ swept: 0, left: true });

  expect(await receive()).toEqual([]);
});

test('an invocation that S3 refuses has failed, and the next one makes up for it', async () => {
  put('due-task', -5);
  fault = ({ operation }) => (operation === 'PutObject' ? { status: 403, code: 'AccessDenied' } : undefined);

  await expect(handler(event, lambdaContext(55_000))).rejects.toThrow(/^PutObject schedule\/.*: 403 AccessDenied/);

  expect(logged()).toMatchObject([{ level: 'warn', event: 'sweep', swept: 0, failures: 1, left: true }]);
  fault = () => undefined;
  expect(await handler(event, lambdaContext(55_000))).toEqual({ swept: 1, left: false });
  expect(await receive()).toMatchObject([{ task: 'due-task' }]);
});

/** As the archiver writes it; the bucket is a folder here. */
function put(task: string, dueInSeconds: number) {
  const file = join(bucket, scheduleKey({ dueAt: markerTime(Date.now() + dueInSeconds * 1000), task }));
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '');
}

async function receive() {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 5_400 }),
  );
  return Messages.map(({ Body = '' }) => decodeMessage(Body));
}

function logged(): Record<string, unknown>[] {
  return output.mock.calls.map(([line]) => JSON.parse(String(line)));
}
