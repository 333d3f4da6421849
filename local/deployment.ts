// The complete system on this machine: the stack's resources as local servers, and the same bundles that Lambda runs.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeDeploymentNote } from '../client/target/deployment-note.ts';
import { bundleFunction, type FunctionName } from '../infra/bundle.ts';
import { sweepSeconds } from '../infra/shared-settings.ts';
import { startApi } from './api/api.ts';
import { type EventEnvelope, startEvents } from './events.ts';
import { lockFolder } from './folder-lock.ts';
import { startForwarding } from './forwarding.ts';
import { runFunctions } from './functions.ts';
import { startEventSource } from './lambda/event-source.ts';
import { invokeRegularly } from './lambda/invoke-regularly.ts';
import type { OnLog } from './log-line.ts';
import { type ProviderAccess, providerSettings } from './provider-access.ts';
import { createBucket, createQueues } from './resources.ts';
import { startS3 } from './s3/server.ts';
import { startSecrets } from './secrets.ts';
import { startSqs } from './sqs/server.ts';
import { serveTestMedia } from './test-media.ts';

export type LocalDeploymentOptions = ProviderAccess & {
  /** Buckets are folders in here; everything else is in its `.trackkeeper` folder. */
  data: string;
  /** Default: any free port. */
  port?: number;
  token: string;
  /** `host:port` of sources that may have a private address. */
  allowedSources?: readonly string[];
  kieWebhookKey?: string;
  /** The endpoint to which callbacks are forwarded, and the key that signs them. */
  forwardTo?: string;
  forwardKey?: string;
  /** Tasks processed concurrently for messages that arrive; half as many more for those that became due. */
  concurrency?: number;
  /** Default: as often as in the stack. */
  sweepEveryMs?: number;
  onLog?: OnLog;
  /** Writes a function's bundle into a folder. Tests pass one that bundles each function only once. */
  bundle?: (name: FunctionName, folder: string) => void;
  /** Receives what a rule of EventBridge would receive. */
  onEvent?: (event: EventEnvelope) => void;
};

export type LocalDeployment = {
  callbackUrl: string;
  /** The URL to which tasks are announced. */
  tasksUrl: string;
  bucketName: string;
  bucketFolder: string;
  s3Url: string;
  sqsUrl: string;
  queueUrl: string;
  wakeQueueUrl: string;
  deadLetterQueueUrl: string;
  /** One event per line, as JSON; created with the first event. */
  eventsFile: string;
  /** Accepts nothing new, waits up to 10 s for running invocations, and leaves no process behind. */
  close: () => Promise<void>;
};

const bucketName = 'trackkeeper';
const secretId = 'trackkeeper';
/** The stack name in metrics and events. */
const stackName = 'local';
const receiversAtOnce = 4;
const forwardersAtOnce = 2;
const patienceMs = 10_000;

export async function deployLocally(options: LocalDeploymentOptions): Promise<LocalDeployment> {
  const { port = 0, token, allowedSources = [], kieWebhookKey, concurrency = 4, onLog = () => {} } = options;
  const { sweepEveryMs = sweepSeconds * 1000, forwardTo, forwardKey, onEvent = () => {} } = options;
  const { bundle = bundleFunction } = options;
  const { providerKeysSecretId, secrets: providerSecrets, environment } = providerSettings(options);
  const data = resolve(options.data);
  const systemFolder = join(data, '.trackkeeper');
  const eventsFile = join(systemFolder, 'events.jsonl');
  await mkdir(systemFolder, { recursive: true });

  // If a later step fails, everything that was started is stopped again.
  await using started = new AsyncDisposableStack();
  started.defer(await lockFolder(join(systemFolder, 'lock')));
  const s3 = await startS3({ folder: data, systemFolder: join(systemFolder, 's3') });
  started.defer(s3.close);
  const sqs = await startSqs({ file: join(systemFolder, 'sqs.jsonl'), forgetInFlight: true });
  started.defer(sqs.close);
  const secrets = await startSecrets({
    [secretId]: JSON.stringify({ token, kieWebhookKey, forwardKey }),
    ...providerSecrets,
  });
  started.defer(secrets.close);
  const testMedia = await serveTestMedia();
  started.defer(testMedia.close);
  await createBucket(s3.url, bucketName);
  const { queue, wakeQueue, deadLetterQueue } = await createQueues(sqs.url);
  const known = { STACK_NAME: stackName, BUCKET_NAME: bucketName };
  const forwarding =
    forwardTo === undefined
      ? undefined
      : await startForwarding({
          endpoint: sqs.url,
          deadLetterQueue,
          environment: { ...known, FORWARD_TO: forwardTo, SECRET_ID: secretId },
        });
  started.defer(() => forwarding?.close());
  const events = await startEvents({
    file: eventsFile,
    async onEvent(event) {
      onEvent(event);
      await forwarding?.onEvent(event);
    },
  });
  started.defer(events.close);

  // Separate from callbacks, so that due tasks never delay a new callback.
  const wakesAtOnce = Math.ceil(concurrency / 2);
  const functions = started.use(
    await runFunctions({
      folder: join(systemFolder, 'functions'),
      bundle,
      endpoints: { s3: s3.url, sqs: sqs.url, secrets: secrets.url, events: events.url },
      environments: {
        receiver: { STACK_NAME: stackName, QUEUE_URL: queue.url, SECRET_ID: secretId },
        archiver: {
          ...known,
          QUEUE_URL: queue.url,
          WAKE_QUEUE_URL: wakeQueue.url,
          // Opens no other private address: this host serves only the test song of `trackkeeper doctor`.
          ALLOWED_PRIVATE_SOURCES: [...allowedSources, testMedia.host].join(','),
          ...environment,
        },
        sweeper: { ...known, WAKE_QUEUE_URL: wakeQueue.url },
        ...(forwarding && { forwarder: forwarding.environment }),
      },
      concurrency: {
        receiver: receiversAtOnce,
        archiver: concurrency + wakesAtOnce,
        sweeper: 1,
        forwarder: forwardersAtOnce,
      },
      onLog,
    }),
  );

  const api = await startApi({ port, target: functions.receiver });
  const source = { endpoint: sqs.url, target: functions.archiver, onLog };
  const parts = [
    api,
    startEventSource({ ...source, queue, concurrency }),
    startEventSource({ ...source, queue: wakeQueue, concurrency: wakesAtOnce }),
    ...(forwarding && functions.forwarder
      ? [
          startEventSource({
            ...source,
            target: functions.forwarder,
            queue: forwarding.queue,
            concurrency: forwardersAtOnce,
          }),
        ]
      : []),
    invokeRegularly({ everyMs: sweepEveryMs, target: functions.sweeper, onLog }),
  ];
  started.defer(async () => void (await Promise.all(parts.map(({ close }) => close(patienceMs)))));

  const places = {
    bucketName,
    s3Url: s3.url,
    sqsUrl: sqs.url,
    queueUrl: queue.url,
    wakeQueueUrl: wakeQueue.url,
    deadLetterQueueUrl: deadLetterQueue.url,
  };
  const baseUrls = { callbackBaseUrl: `${api.url}/callbacks/`, tasksBaseUrl: `${api.url}/tasks/` };
  const noted = { ...places, ...baseUrls, apiUrl: api.url, secretsUrl: secrets.url, secretId, providerKeysSecretId };
  started.defer(await writeDeploymentNote(data, { pid: process.pid, ...noted, testMediaUrl: testMedia.url }));

  const running = started.move();
  return {
    ...places,
    callbackUrl: baseUrls.callbackBaseUrl + encodeURIComponent(token),
    tasksUrl: baseUrls.tasksBaseUrl + encodeURIComponent(token),
    bucketFolder: join(data, bucketName),
    eventsFile,
    close: () => running.disposeAsync(),
  };
}
