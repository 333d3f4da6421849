// Starts the demo's provider and deployment, connects them, and prints the events of both.
import { randomBytes } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../client/target/local-aws.ts';
import type { Paint, Terminal } from '../../client/terminal.ts';
import { deployLocally } from '../deployment.ts';
import { type BucketFolder, readBucketFolder } from './bucket-folder.ts';
import { demoApiKey } from './operations.ts';
import { type DemoProvider, type ServedFile, startDemoProvider } from './provider.ts';
import {
  announcedLine,
  askedLine,
  deliveryLine,
  demoLogLine,
  type MovingTransfer,
  placeLines,
  retriedLine,
  titleLines,
  transferLine,
} from './screen.ts';
import type { DemoSong } from './song.ts';

export type DemoOptions = { data: string; isFast: boolean; terminal: Terminal; paint: Paint; columns: number };

export type RunningDemo = {
  provider: DemoProvider;
  callBackUrl: string;
  bucket: BucketFolder;
  bucketFolder: string;
  songs: ReadonlyMap<string, DemoSong>;
  /** The number of a task's callbacks that the functions have finished. */
  dealtWith: (taskId: string) => number;
  announceWav: (taskId: string) => Promise<void>;
  retry: (taskId: string) => Promise<void>;
} & AsyncDisposable;

/** Slow enough to watch, fast enough to wait for: a song of 80 kB takes a second and a half. */
const watchableBytesPerSecond = 55_000;

const frameMs = 1000 / 15;

export async function startDemo({ data, isFast, terminal, paint, columns }: DemoOptions): Promise<RunningDemo> {
  terminal.print(...titleLines(paint));
  let startedAt = performance.now();
  const moment = () => ({ atMs: performance.now() - startedAt, paint });
  const moving = new Map<string, MovingTransfer>();
  const songs = new Map<string, DemoSong>();
  const dealtWith = countSettled();

  function showServed({ path, sentBytes, totalBytes }: ServedFile): void {
    const { kind = '', title = '' } = provider.media.get(path) ?? {};
    const earlierBytes = moving.get(path)?.sentBytes ?? 0;
    const transfer = { kind, title, sentBytes, totalBytes };
    if (sentBytes < totalBytes) moving.set(path, transfer);
    else moving.delete(path);
    // Where lines cannot be redrawn, one line half-way shows progress.
    const passesHalf = earlierBytes < totalBytes / 2 && sentBytes >= totalBytes / 2 && sentBytes < totalBytes;
    if (passesHalf && !terminal.moves) terminal.print(transferLine(transfer, { paint, columns }));
  }

  await using started = new AsyncDisposableStack();
  const provider = await startDemoProvider({
    bytesPerSecond: isFast ? 0 : watchableBytesPerSecond,
    pace: isFast ? 0 : 1,
    onAsked: (asked) => {
      if (asked.song !== null) songs.set(asked.taskId, asked.song);
      terminal.print(askedLine(asked, moment()));
    },
    onDelivery: (delivery) => terminal.print(deliveryLine(delivery, moment())),
    onServed: showServed,
  });
  started.defer(provider.close);
  const deployment = await deployLocally({
    data,
    token: randomBytes(16).toString('hex'),
    allowedSources: [provider.host],
    providerKeys: { 'sunoapi.org': demoApiKey },
    providerUrls: { 'sunoapi.org': provider.url },
    onLog: (line) => {
      dealtWith.note(line);
      const shown = demoLogLine(line, moment());
      if (shown !== undefined) terminal.print(shown);
    },
  });
  started.defer(deployment.close);

  const callBackUrl = `${deployment.callbackUrl}?project=demo`;
  terminal.print(...placeLines(paint, { callBackUrl, providerUrl: provider.url }));
  startedAt = performance.now();
  const draw = () =>
    terminal.redraw(Array.from(moving.values(), (transfer) => transferLine(transfer, { paint, columns })));
  const frames = setInterval(draw, frameMs);
  started.defer(() => {
    clearInterval(frames);
    terminal.redraw([]);
  });

  const running = started.move();
  return {
    provider,
    callBackUrl,
    bucket: readBucketFolder(deployment.bucketFolder),
    bucketFolder: deployment.bucketFolder,
    songs,
    dealtWith: dealtWith.of,
    announceWav: async (taskId) => {
      await announceWav(deployment.tasksUrl, taskId);
      terminal.print(announcedLine(taskId, moment()));
    },
    retry: async (taskId) => {
      terminal.print(retriedLine(taskId, moment()));
      await requestRetry(deployment, taskId);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

// The owner's part besides asking a provider for music: announces a task and requests a retry.

const answerWithinMs = 10_000;

/** From then on the task is tracked, even if no callback arrives. */
async function announceWav(tasksUrl: string, taskId: string): Promise<void> {
  const response = await fetch(tasksUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ provider: 'sunoapi.org', kind: 'wav', taskId }),
    signal: AbortSignal.timeout(answerWithinMs),
  });
  await response.body?.cancel();
  if (response.status !== 202) throw new Error(`the announcement of a task was answered ${response.status}`);
}

/**
 * Counts how many callbacks of a task the functions have finished, from their log. Each invocation logs
 * `callback.kept`, and `task` when nothing is left to do. An invocation that finds the task claimed by another one
 * logs only the first and leaves the rest to that one, whose `task` line comes later: so a `task` line covers every
 * callback stored before it.
 */
export function countSettled() {
  const kept = new Map<string, number>();
  const dealtWith = new Map<string, number>();
  return {
    note: ({ event, taskId }: Record<string, unknown>): void => {
      if (typeof taskId !== 'string') return;
      const count = kept.get(taskId) ?? 0;
      if (event === 'callback.kept') kept.set(taskId, count + 1);
      if (event === 'task') dealtWith.set(taskId, count);
    },
    of: (taskId: string): number => dealtWith.get(taskId) ?? 0,
  };
}

/**
 * The message that `trackkeeper retry` sends: without it the provider is polled a quarter of an hour after the
 * announcement.
 */
async function requestRetry({ sqsUrl, queueUrl }: { sqsUrl: string; queueUrl: string }, taskId: string) {
  const client = new SQSClient(clientConfig(sqsUrl));
  const message = { schemaVersion: 1, type: 'retry', task: taskId };
  try {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  } finally {
    client.destroy();
  }
}
