// The whole system on this machine: the stack's resources as local servers, and the very bundles that Lambda runs.

import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ArchiverEnv } from '../../functions/archiver/env.ts';
import type { ReceiverEnv } from '../../functions/receiver/env.ts';
import { bundleFunction, type FunctionName } from '../bundle.ts';
import { functionTimeoutSeconds } from '../limits.ts';
import { startApi } from './api/api.ts';
import { startEventSource } from './lambda/event-source.ts';
import { type LocalFunction, runFunction } from './lambda/local-function.ts';
import { functionVariables } from './local-aws.ts';
import { createBucket, createQueues } from './resources.ts';
import { startS3 } from './s3/server.ts';
import { startSecrets } from './secrets.ts';
import { startSqs } from './sqs/server.ts';
import { lockFolder } from './start/folder-lock.ts';
import { logEntryOf, type OnLog } from './start/log-line.ts';

export type LocalDeploymentOptions = {
  /** Buckets lie in this folder; everything else below `.trackkeeper` in it. */
  data: string;
  /** Any free one where it is not given. */
  port?: number;
  token: string;
  /** `host:port` of sources that may have an address that is not public. */
  allowedSources?: readonly string[];
  kieWebhookKey?: string;
  /** Tasks worked on at once. */
  concurrency?: number;
  onLog?: OnLog;
};

export type LocalDeployment = {
  callbackUrl: string;
  bucketName: string;
  bucketFolder: string;
  s3Url: string;
  sqsUrl: string;
  queueUrl: string;
  deadLetterQueueUrl: string;
  /** Takes nothing new, lets running invocations end for 10 s at most, and leaves no process behind. */
  close: () => Promise<void>;
};

const bucketName = 'trackkeeper';
const secretId = 'trackkeeper';

/** Each costs about 100 MB once it is started. */
const receiversAtOnce = 4;

const patienceMs = 10_000;

export async function deployLocally(options: LocalDeploymentOptions): Promise<LocalDeployment> {
  const { port = 0, token, allowedSources = [], kieWebhookKey, concurrency = 4, onLog = () => {} } = options;
  const data = resolve(options.data);
  const systemFolder = join(data, '.trackkeeper');
  await mkdir(join(systemFolder, 'functions'), { recursive: true });

  // Whatever fails below, what was started before it is stopped again.
  await using started = new AsyncDisposableStack();
  started.defer(await lockFolder(join(systemFolder, 'lock')));
  const s3 = await startS3({ folder: data, systemFolder: join(systemFolder, 's3') });
  started.defer(s3.close);
  const sqs = await startSqs({ file: join(systemFolder, 'sqs.jsonl'), forgetInFlight: true });
  started.defer(sqs.close);
  const secrets = await startSecrets({ [secretId]: JSON.stringify({ token, kieWebhookKey }) });
  started.defer(secrets.close);
  await createBucket(s3.url, bucketName);
  const { queue, deadLetterQueue } = await createQueues(sqs.url);

  // The bundles are CommonJS, as Lambda takes them by default; a package.json further up may say otherwise.
  await writeFile(join(systemFolder, 'functions', 'package.json'), '{"type":"commonjs"}\n');
  function start(name: FunctionName, maxEnvironments: number, own: ReceiverEnv | ArchiverEnv): LocalFunction {
    const folder = join(systemFolder, 'functions', name);
    bundleFunction(name, folder);
    const running = runFunction({
      folder,
      variables: { ...functionVariables(name, { s3: s3.url, sqs: sqs.url, secrets: secrets.url }), ...own },
      timeoutMs: functionTimeoutSeconds[name] * 1000,
      maxEnvironments,
      onLine: (line, output) => onLog(logEntryOf(name, line, output)),
    });
    started.defer(running.close);
    return running;
  }
  const receiverEnv = { QUEUE_URL: queue.url, SECRET_ID: secretId } satisfies ReceiverEnv;
  const receiver = start('receiver', receiversAtOnce, receiverEnv);
  const archiverEnv = {
    BUCKET_NAME: bucketName,
    QUEUE_URL: queue.url,
    ALLOWED_PRIVATE_SOURCES: allowedSources.join(','),
  } satisfies ArchiverEnv;
  const archiver = start('archiver', concurrency, archiverEnv);

  const api = await startApi({ port, target: receiver });
  const eventSource = startEventSource({ endpoint: sqs.url, queue, concurrency, target: archiver, onLog });
  started.defer(async () => void (await Promise.all([api.close(patienceMs), eventSource.close(patienceMs)])));

  const running = started.move();
  return {
    callbackUrl: `${api.url}/callbacks/${encodeURIComponent(token)}`,
    bucketName,
    bucketFolder: join(data, bucketName),
    s3Url: s3.url,
    sqsUrl: sqs.url,
    queueUrl: queue.url,
    deadLetterQueueUrl: deadLetterQueue.url,
    close: () => running.disposeAsync(),
  };
}
