// What the bundles write to stdout, read as CloudWatch reads it: every metric of the table is emitted by the log line
// of its event, and by no other line.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { clientConfig, functionVariables } from '../../client/target/local-aws.ts';
import type { ArchiverEnv } from '../../functions/archiver/env.ts';
import { verdicts } from '../../functions/domain/errors.ts';
import { encodeMessage } from '../../functions/domain/message.ts';
import { type Measure, measures, metricsNamespace } from '../../functions/domain/metrics.ts';
import { recordKey } from '../../functions/domain/object-key.ts';
import { scheduleKey } from '../../functions/domain/schedule.ts';
import { stages, taskKinds } from '../../functions/domain/vocabulary.ts';
import type { ForwarderEnv } from '../../functions/forwarder/env.ts';
import type { ReceiverEnv } from '../../functions/receiver/env.ts';
import type { SweeperEnv } from '../../functions/sweeper/env.ts';
import type { FunctionName } from '../../infra/bundle.ts';
import { runFunction } from '../../local/lambda/local-function.ts';
import { createBucket, createQueues } from '../../local/resources.ts';
import { type S3Fault, startS3 } from '../../local/s3/server.ts';
import { startSecrets } from '../../local/secrets.ts';
import { startSqs } from '../../local/sqs/server.ts';
import { reply, startAwsServer } from '../doubles/aws-server.ts';
import { apiEvent } from '../doubles/lambda.ts';
import { startProviderServer } from '../doubles/provider-server.ts';
import { sharedBundle } from '../doubles/shared-bundle.ts';
import { eventOf, eventWith } from './invocations.ts';
import { musicCallback, song } from './local.ts';
import { musicBody } from './world/bodies.ts';
import { answers } from './world/hosts.ts';
import { expectedSong, scene } from './world/scenes.ts';

const stackName = 'music-of-anna';
const token = 'a-token-of-some-length';
const bucketName = 'music';
const table = new Map<string, Measure>(Object.entries(measures));

const embedded = z.object({
  Timestamp: z.number(),
  CloudWatchMetrics: z.array(
    z.object({
      Namespace: z.string(),
      Dimensions: z.array(z.array(z.string())),
      Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
    }),
  ),
});
const line = z.looseObject({ time: z.iso.datetime(), level: z.string(), event: z.string(), _aws: embedded.optional() });

const stdout: string[] = [];
const stderr: string[] = [];
let lines: z.infer<typeof line>[] = [];

beforeAll(async () => {
  await using world = await openBundles();
  const { receiver, archiver, sweeper, forwarder, host } = world;
  const now = new Date().toISOString();

  await receiver.invoke(apiEvent({ token, body: '{"data":{"task_id":"t1"}}' }));
  await receiver.invoke(apiEvent({ token: 'wrong', body: '{}' }));
  await receiver.invoke(apiEvent({ token, routeKey: 'PUT /<script>' }));
  const files = ['song.mp3', 'missing.mp3'].map((name) => ({ id: name, title: name, audio_url: `${host}/${name}` }));
  await archiver.invoke(eventWith(musicCallback('complete', '<b>task</b>\u2028', files)));
  await archiver.invoke(
    eventWith({ code: 200, data: { callbackType: 'a stage\nof theirs', task_id: 't2', data: [] } }),
  );
  await archiver.invoke(eventWith({ nobody: 'understands this' }));
  const { provider, kind, taskId } = expectedSong('announced');
  const expected = { provider, kind, taskId };
  await archiver.invoke(eventOf(encodeMessage({ type: 'expected', receivedAt: now, labels: {}, tasks: [expected] })));
  await archiver.invoke(eventOf(encodeMessage({ type: 'retry', task: 'announced' })));
  const longAgo = new Date(Date.now() - 20 * 24 * 60 * 60 * 1_000).toISOString();
  const lost = [{ ...expected, taskId: 'never-heard-of' }];
  await archiver.invoke(eventOf(encodeMessage({ type: 'expected', receivedAt: longAgo, labels: {}, tasks: lost })));
  await forwarder.invoke(eventOf('no event'));
  await world.put(recordKey('broken'), 'no record');
  await archiver.invoke(eventOf(encodeMessage({ type: 'retry', task: 'broken' })));
  world.setFault(() => ({ status: 403, code: 'AccessDenied' }));
  await archiver.invoke(eventOf(encodeMessage({ type: 'retry', task: 'announced' })));
  world.setFault(() => undefined);
  await world.put(scheduleKey({ dueAt: '2100-01-01T00:00:00.000Z', task: 'of-the-future' }), '');
  await sweeper.invoke({ time: '2026-11-21T15:00:00Z' });

  lines = stdout.map((text) => line.parse(JSON.parse(text)));
}, 60_000);

test('every kind of event that is to be a figure is written, with a field that its figures need', () => {
  const complete = [...table].filter(([event, { by = [], metrics }]) =>
    lines.some(
      (told) =>
        told.event === event &&
        by.every((name) => typeof told[name] === 'string') &&
        Object.values(metrics).some(({ of }) => of === undefined || typeof told[of] === 'number'),
    ),
  );

  expect(complete.map(([event]) => event)).toEqual([...table.keys()]);
});

test('a line contains a metric if it has the fields that the table requires, and no metric otherwise', () => {
  for (const { _aws: figures, ...told } of lines) {
    const { by = [], metrics = {} } = table.get(told.event) ?? {};
    const given = Object.entries(metrics).filter(([, { of }]) => of === undefined || typeof told[of] === 'number');
    if (given.length === 0 || !by.every((name) => typeof told[name] === 'string')) {
      expect([figures, Object.keys(told).filter((name) => !/^[a-z]\w*$/.test(name) || name === 'service')]).toEqual([
        undefined,
        [],
      ]);
      continue;
    }

    expect(figures?.CloudWatchMetrics).toEqual([
      {
        Namespace: metricsNamespace,
        Dimensions: [['service', ...by]],
        Metrics: given.map(([Name, { unit }]) => ({ Name, Unit: unit })),
      },
    ]);
    expect(told.service).toBe(stackName);
    for (const [name, { of }] of given) expect([name, told[name]]).toEqual([name, of === undefined ? 1 : told[of]]);
  }
});

test('dimensions are our own constants, whatever is sent', () => {
  const words: Record<string, readonly string[]> = {
    outcome: ['ready', 'received', 'quarantined', 'unknown-path', 'unknown-token', 'unsigned', 'too-large', 'unqueued'],
    kind: taskKinds,
    stage: stages,
    verdict: ['stored', 'quarantined', ...Object.values(verdicts)],
    refusal: ['key', 'credits'],
  };
  const used = lines.flatMap((told) => (table.get(told.event)?.by ?? []).map((name) => [name, told[name]]));

  expect(used.length).toBeGreaterThan(5);
  expect(
    used.filter(([name, value]) => value !== null && value !== undefined && !words[`${name}`]?.includes(`${value}`)),
  ).toEqual([]);
});

test('nothing is written but the log, and nothing to stderr', () => {
  expect(stderr).toEqual([]);
  expect(lines.filter(({ event }) => event === 'tasks.open')).toHaveLength(1);
  expect(lines.find(({ event }) => event === 'tasks.open')).toMatchObject({ OpenTasks: expect.any(Number) });
});

test('no field of the log is called what a figure is called', async () => {
  const one = scene();
  const theirs = ['_aws', 'service', ...[...table.values()].flatMap(({ metrics }) => Object.keys(metrics))];

  await one.announce([expectedSong('announced')]);
  await one.post(musicBody('complete', 'task', [one.track('a'), one.track('b', { behaviour: answers('forbidden') })]));
  await one.post('unrecognised');
  await one.run();

  const fields = new Set(one.lines.flatMap(({ fields = {} }) => Object.keys(fields)));
  expect(fields.size).toBeGreaterThan(10);
  expect(theirs.filter((name) => fields.has(name))).toEqual([]);
});

async function openBundles() {
  await using started = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-figures-'));
  started.defer(() => rm(folder, { recursive: true, force: true }));
  let fault: S3Fault = () => undefined;
  const s3 = await startS3({
    folder: join(folder, 'data'),
    systemFolder: join(folder, 'system'),
    fault: (request) => fault(request),
  });
  started.defer(s3.close);
  const sqs = await startSqs({ file: join(folder, 'sqs.jsonl') });
  started.defer(sqs.close);
  const secrets = await startSecrets({
    callbacks: JSON.stringify({ token }),
    keys: JSON.stringify({ 'sunoapi.org': 'a-key-that-was-revoked' }),
  });
  started.defer(secrets.close);
  const bus = await startAwsServer({ behaviours: [reply(200, '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}')] });
  started.defer(bus.close);
  const provider = await startProviderServer({ provider: 'sunoapi.org' });
  started.defer(provider.close);
  const media = await startAwsServer({
    behaviours: [({ request, response }) => response.writeHead(request.url === '/song.mp3' ? 200 : 404).end(song)],
  });
  started.defer(media.close);
  await createBucket(s3.url, bucketName);
  const client = new S3Client({ ...clientConfig(s3.url), forcePathStyle: true });
  started.defer(() => client.destroy());
  const { queue, wakeQueue } = await createQueues(sqs.url);

  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
  const run = (name: FunctionName, own: Record<string, string>) => {
    sharedBundle(name, join(folder, name));
    const running = runFunction({
      folder: join(folder, name),
      variables: {
        ...functionVariables(name, { s3: s3.url, sqs: sqs.url, secrets: secrets.url, events: bus.origin }),
        STACK_NAME: stackName,
        ...own,
      },
      timeoutMs: 30_000,
      maxEnvironments: 1,
      onLine: (text, output) => (output === 'stdout' ? stdout : stderr).push(text),
    });
    started.defer(running.close);
    return running;
  };
  const receiver = run('receiver', { QUEUE_URL: queue.url, SECRET_ID: 'callbacks' } satisfies Own<ReceiverEnv>);
  const archiver = run('archiver', {
    BUCKET_NAME: bucketName,
    QUEUE_URL: queue.url,
    WAKE_QUEUE_URL: wakeQueue.url,
    PROVIDER_KEYS_SECRET_ID: 'keys',
    SUNOAPI_URL: provider.url,
    ALLOWED_PRIVATE_SOURCES: new URL(media.origin).host,
  } satisfies Own<ArchiverEnv>);
  const sweeper = run('sweeper', {
    BUCKET_NAME: bucketName,
    WAKE_QUEUE_URL: wakeQueue.url,
  } satisfies Own<SweeperEnv>);
  const forwarder = run('forwarder', {
    BUCKET_NAME: bucketName,
    FORWARD_QUEUE_URL: queue.url,
    FORWARD_TO: 'https://music.example.com/hooks',
    SECRET_ID: 'callbacks',
  } satisfies Own<ForwarderEnv>);

  const running = started.move();
  return {
    ...{ receiver, archiver, sweeper, forwarder },
    host: media.origin,
    put: (Key: string, text: string) =>
      client.send(new PutObjectCommand({ Bucket: bucketName, Key, Body: Buffer.from(text) })),
    setFault(next: S3Fault) {
      fault = next;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type Own<Env> = Omit<Env, 'STACK_NAME'>;
