// The whole forwarder as Lambda invokes it, with a folder as bucket and a queue on a virtual clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { clientConfig, functionVariables } from '../../../client/target/local-aws.ts';
import { createCallAws, createS3Client } from '../../../functions/adapters/aws/clients.ts';
import { createS3Bucket } from '../../../functions/adapters/s3/s3-bucket.ts';
import type { ForwarderEnv } from '../../../functions/forwarder/env.ts';
import { sqsEventOf } from '../../../local/lambda/event-source.ts';
import { createBucket, createForwardQueue, createQueues, type LocalQueue } from '../../../local/resources.ts';
import { startS3 } from '../../../local/s3/server.ts';
import { startSecrets } from '../../../local/secrets.ts';
import { startSqs } from '../../../local/sqs/server.ts';
import { recordOf, storedAsset } from '../../cli/records.ts';
import { type Behaviour, reply, startAwsServer } from '../../doubles/aws-server.ts';
import { envelopeOf, taskId } from './forward-setup.ts';

const folder = mkdtempSync(join(tmpdir(), 'trackkeeper-forwarder-'));
const closing: (() => unknown)[] = [];
const key = 'library/2026-11/Iron-Man/Iron-Man_8551e0a4.mp3';
const song = Buffer.from('a song, whole');
const theirs = 'https://musicfile.api.box/one.mp3';
let now = Date.now();
let behave: Behaviour;
let endpoint: Awaited<ReturnType<typeof startAwsServer>>;
let queue: LocalQueue;
let sqs: SQSClient;
let output: MockInstance<typeof process.stdout.write>;
let handler: typeof import('../../../functions/forwarder/handler.ts').handler;

beforeAll(async () => {
  const s3 = await startS3({ folder, systemFolder: join(folder, '.system') });
  const sqsServer = await startSqs({ file: join(folder, '.system', 'sqs.jsonl'), now: () => now });
  const secrets = await startSecrets({ trackkeeper: JSON.stringify({ token: 'a-token' }) });
  endpoint = await startAwsServer({ behaviours: [(asked) => behave(asked)] });
  sqs = new SQSClient(clientConfig(sqsServer.url));
  closing.push(() => sqs.destroy(), s3.close, sqsServer.close, secrets.close, endpoint.close);
  await createBucket(s3.url, 'music-bucket');
  queue = await createForwardQueue(sqsServer.url, (await createQueues(sqsServer.url)).deadLetterQueue);

  const services = { s3: s3.url, sqs: sqsServer.url, secrets: secrets.url, events: s3.url };
  const variables = functionVariables('forwarder', services);
  const bucket = createS3Bucket('music-bucket', createCallAws(createS3Client(variables)));
  const json = { contentType: 'application/json' };
  const source = { url: theirs, field: 'audio_url', stage: 'complete', confirmed: false } as const;
  const asset = storedAsset({ kind: 'audio', key, sources: [source] }, song);
  await bucket.write(key, song, { contentType: 'audio/mpeg' });
  await bucket.write(`tasks/${taskId}.json`, JSON.stringify(recordOf({ taskId, assets: [asset] })), json);
  await bucket.write(`callbacks/${taskId}/complete-0496818d.json`, JSON.stringify({ audio_url: theirs }), json);

  const own = {
    ...{ STACK_NAME: 'Trackkeeper', BUCKET_NAME: 'music-bucket', SECRET_ID: 'trackkeeper' },
    ...{ FORWARD_QUEUE_URL: queue.url, FORWARD_TO: `${endpoint.origin}/hooks` },
  } satisfies ForwarderEnv;
  const environment = { ...own, ...variables };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  output = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  ({ handler } = await import('../../../functions/forwarder/handler.ts'));
});

beforeEach(() => {
  output.mockClear();
  endpoint.requests.length = 0;
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
});

test('an endpoint that is down at first gets the callback a minute later, whose link serves the file', async () => {
  await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: envelopeOf('TaskArchived') }));

  behave = reply(503);
  const first = await receive();
  const refused = await handler(first);
  const meanwhile = await receive();
  now += 61_000;
  behave = reply(204);
  const accepted = await handler(await receive());

  expect(refused.batchItemFailures).toEqual([{ itemIdentifier: first.Records[0]?.messageId }]);
  expect(meanwhile.Records).toEqual([]);
  expect(accepted.batchItemFailures).toEqual([]);
  expect(endpoint.requests).toHaveLength(2);
  expect(logged()).toMatchObject([
    { level: 'error', event: 'forward.failed', taskId, receiveCount: 1 },
    { level: 'info', event: 'forward', taskId, outcome: 'delivered', from: 'callback', status: 204 },
  ]);
  const { audio_url: link } = JSON.parse(endpoint.requests[1]?.body.toString() ?? '');
  expect(Buffer.from(await (await fetch(link)).arrayBuffer())).toEqual(song);
});

test('what it cannot read is handed back, and the next one is worked off all the same', async () => {
  behave = reply(200);
  const [event, other] = ['no event', envelopeOf('TaskArchived')].map((Body, index) =>
    sqsEventOf({ MessageId: `m-${index}`, Body, ReceiptHandle: 'gone' }, queue.arn),
  );

  const { batchItemFailures } = await handler({ Records: [...(event?.Records ?? []), ...(other?.Records ?? [])] });

  expect(batchItemFailures).toEqual([{ itemIdentifier: 'm-0' }]);
  expect(endpoint.requests).toHaveLength(1);
  expect(logged()).toMatchObject([
    { event: 'forward.failed', messageId: 'm-0' },
    { event: 'message.not_hidden', messageId: 'm-0' },
    { event: 'forward', outcome: 'delivered' },
  ]);
});

async function receive() {
  const command = new ReceiveMessageCommand({
    QueueUrl: queue.url,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  const { Messages = [] } = await sqs.send(command);
  return { Records: Messages.flatMap((message) => sqsEventOf(message, queue.arn).Records) };
}

function logged(): unknown[] {
  return output.mock.calls.map(([line]) => JSON.parse(String(line)));
}
