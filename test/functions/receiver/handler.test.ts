// The whole receiver against a queue that misbehaves, as Lambda calls it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startSecrets } from '../../../infra/local/secrets.ts';
import { startSqs } from '../../../infra/local/sqs/server.ts';
import { hang, reply, startAwsServer } from '../../doubles/aws-server.ts';
import { apiEvent, lambdaContext } from '../../doubles/lambda.ts';

const token = 'a-token-of-some-length';
const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-receiver-'));
let fault: 'cut' | 'hang' | { status: number; code: string } | undefined;
let close: () => Promise<void>;
let client: SQSClient;
let queueUrl: string;
let handler: typeof import('../../../functions/receiver/handler.ts').handler;
const lines: string[] = [];

beforeAll(async () => {
  const sqs = await startSqs({
    file: join(folder, 'sqs.jsonl'),
    fault: ({ operation }) => (operation === 'SendMessage' ? fault : undefined),
  });
  const secrets = await startSecrets({ trackkeeper: JSON.stringify({ token }) });
  close = async () => {
    await Promise.all([sqs.close(), secrets.close()]);
  };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new SQSClient({ endpoint: sqs.url, region: 'us-east-1', credentials, useQueueUrlAsEndpoint: false });
  queueUrl = (await client.send(new CreateQueueCommand({ QueueName: 'callbacks' }))).QueueUrl ?? '';
  vi.stubEnv('QUEUE_URL', queueUrl);
  vi.stubEnv('SECRET_ID', 'trackkeeper');
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', sqs.url);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.url);
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  ({ handler } = await import('../../../functions/receiver/handler.ts'));
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  client.destroy();
  await close();
  rmSync(folder, { recursive: true });
});

const callback = '{"code":200,"msg":"secret words","data":{"callbackType":"text","task_id":"t1","data":[]}}';
const post = (leftMs = 11_000) => handler(apiEvent({ token, body: callback }), lambdaContext(leftMs));

test('P1: a 200 means that the queue has the message', async () => {
  fault = undefined;

  const answer = await post();

  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
  expect(answer).toMatchObject({ statusCode: 200 });
  expect(Messages?.[0]?.Body).toContain('task_id');
});

test.each([[{ status: 400, code: 'AccessDenied' }], [{ status: 503, code: 'ServiceUnavailable' }], ['cut' as const]])(
  'P1: a queue that answers %j gets the provider a 503, to try again',
  async (what) => {
    fault = what;

    expect(await post()).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
  },
);

test('P1: a queue that hangs gets the provider a 503 before the function’s time is up', async () => {
  fault = 'hang';

  // A second before its end the receiver answers; here that is soon.
  expect(await post(1_200)).toMatchObject({ statusCode: 503 });
});

test.each([
  ['hangs', hang],
  ['refuses', reply(400, '{"__type":"AccessDeniedException"}')],
])('P1: a secret store that %s gets the provider a 503', async (_, behaviour) => {
  const server = await startAwsServer({ behaviours: [behaviour] });
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', server.origin);
  vi.resetModules();
  const started = await import('../../../functions/receiver/handler.ts');
  const logged = lines.length;

  const answer = await started.handler(apiEvent({ token, body: callback }), lambdaContext(1_200));

  expect(answer).toMatchObject({ statusCode: 503 });
  // What is still waited for ends with the server, and is logged.
  await server.close();
  await vi.waitUntil(() => lines.length > logged, 10_000);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'error', outcome: 'unqueued' });
});

test('one line tells of each callback, without its token, body or words', () => {
  const written = lines.map((line) => JSON.parse(line));

  expect(written[0]).toMatchObject({
    level: 'info',
    event: 'callback',
    outcome: 'received',
    taskId: 't1',
    bytes: callback.length,
  });
  expect(lines.join('')).not.toMatch(new RegExp(`${token}|secret words`));
});
