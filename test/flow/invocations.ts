// Runs the archiver's bundle in one process after the other, each with its own end, on a callback for a big video.
import { fork } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { functionVariables } from '../../client/target/local-aws.ts';
import type { ArchiverEnv } from '../../functions/archiver/env.ts';
import { findTaskId, parseBody } from '../../functions/domain/callback/body.ts';
import { decodeMessage, encodeCallback, encodeMessage, type QueueMessage } from '../../functions/domain/message.ts';
import { keySafeTaskId } from '../../functions/domain/object-key.ts';
import { type TaskRecord, taskRecord } from '../../functions/domain/record.ts';
import { startEvents } from '../../local/events.ts';
import { createBucket, createQueues } from '../../local/resources.ts';
import { type S3Fault, startS3 } from '../../local/s3/server.ts';
import { startSqs } from '../../local/sqs/server.ts';
import { sharedBundle } from '../doubles/shared-bundle.ts';

const bucketName = 'trackkeeper';
const taskId = '774b9aa0422f4d6e8a1c5b3d9e7f2046';
const ended = z.object({ result: z.unknown(), peakBytes: z.number() });

export type Invocation = { outcome: 'ended'; peakBytes: number } | { outcome: 'killed' };

export async function startInvocations(videoUrl: string, onS3Request: S3Fault = () => undefined) {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-invocations-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const bundle = join(folder, 'bundle');
  sharedBundle('archiver', bundle);
  await writeFile(join(bundle, 'package.json'), '{"type":"commonjs"}');
  const s3 = await startS3({ folder: join(folder, 'data'), systemFolder: join(folder, 'system'), fault: onS3Request });
  onTestFinished(s3.close);
  const sqs = await startSqs({ file: join(folder, 'sqs.jsonl') });
  onTestFinished(sqs.close);
  const events = await startEvents({ file: join(folder, 'events.jsonl') });
  onTestFinished(events.close);
  await createBucket(s3.url, bucketName);
  const { queue } = await createQueues(sqs.url);
  const env = {
    ...functionVariables('archiver', { s3: s3.url, sqs: sqs.url, secrets: sqs.url, events: events.url }),
    ...({
      STACK_NAME: 'trackkeeper',
      BUCKET_NAME: bucketName,
      QUEUE_URL: queue.url,
      WAKE_QUEUE_URL: queue.url,
      ALLOWED_PRIVATE_SOURCES: new URL(videoUrl).host,
    } satisfies ArchiverEnv),
  };
  const data = { task_id: taskId, video_url: videoUrl };
  const event = JSON.stringify(eventWith({ code: 200, msg: 'MP4 generated successfully.', data }));
  let kill: (() => void) | undefined;

  return {
    /** Kills the running invocation, as a failing machine does. */
    kill: () => kill?.(),

    async invoke(limitMs: number): Promise<Invocation> {
      const main = join(import.meta.dirname, 'measured-handler.mjs');
      const child = fork(main, [bundle, event, String(limitMs)], { env, execArgv: [], silent: true });
      const output: unknown[] = [];
      child.stdout?.on('data', (text) => output.push(text));
      child.stderr?.on('data', (text) => output.push(text));
      kill = () => child.kill('SIGKILL');
      return await new Promise((done, failed) => {
        child.once('message', (message) => done({ outcome: 'ended', peakBytes: ended.parse(message).peakBytes }));
        child.once('close', (code, signal) => {
          if (signal === 'SIGKILL') done({ outcome: 'killed' });
          else failed(new Error(`The archiver ended with ${code} and said:\n${output.join('')}`));
        });
      });
    },

    async record(): Promise<TaskRecord | undefined> {
      const text = await readFile(join(folder, 'data', bucketName, 'tasks', `${taskId}.json`), 'utf8').catch(
        () => null,
      );
      return text === null ? undefined : taskRecord.parse(JSON.parse(text));
    },
    fileAt: (key: string) => join(folder, 'data', bucketName, key),
    s3Url: s3.url,
    bucketName,
  };
}

/** The event of Lambda for one message of the queue, which contains this callback. */
export function eventWith(callback: object): object {
  const body = Buffer.from(JSON.stringify(callback));
  return eventOf(encodeCallback({ receivedAt: new Date().toISOString(), labels: {}, body }));
}

/** The same with any message body, and with the wake messages that it leads to. */
export function eventOf(body: string | null): object {
  const known = { messageId: 'one', receiptHandle: 'one', eventSourceARN: 'arn:aws:sqs:local:0:trackkeeper' };
  const attributes = { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) };
  const wakes = tasksOf(decodeMessage(body ?? '')).map((task) =>
    encodeMessage({ type: 'wake', task, marker: '2026-11-20T18:04:11.000Z' }),
  );
  return { Records: [body, ...wakes].map((message) => ({ ...known, body: message, attributes })) };
}

function tasksOf(message: QueueMessage | undefined): string[] {
  switch (message?.type) {
    case 'callback':
      return [findTaskId(parseBody(message.body))].flatMap((id) => (id === null ? [] : [keySafeTaskId(id)]));
    case 'expected':
      return message.tasks.map((task) => keySafeTaskId(task.taskId));
    case 'retry':
      return [message.task];
    default:
      return [];
  }
}
