// The story: one message in, one step of one task forward. There is one way forward for every task, whatever woke it.
import { parseCallback } from '../domain/callback/parse.ts';
import { forEachConcurrent } from '../domain/concurrency.ts';
import type { ExpectedTask } from '../domain/expected.ts';
import { mergeCallback, mergeExpected } from '../domain/merge.ts';
import type { CallbackMessage, ExpectedMessage, Message } from '../domain/message.ts';
import { callbackKey, taskSegment, unrecognisedKey } from '../domain/object-key.ts';
import { reopen } from '../domain/reopen.ts';
import type { Bucket } from '../ports.ts';
import type { Invocation } from './claim.ts';
import { type Change, type StepDeps, type Stepped, takeStep } from './step.ts';

export type ArchiveDeps = StepDeps & { bucket: Bucket };
export type Archived = Stepped | { outcome: 'unrecognised' | 'expected' };

/** Of tasks that were announced together. */
const expectedAtOnce = 8;

export async function archive(message: Message, invocation: Invocation, deps: ArchiveDeps): Promise<Archived> {
  switch (message.type) {
    case 'callback':
      return archiveCallback(message, invocation, deps);
    case 'expected':
      return noteExpected(message, invocation, deps);
    case 'wake': {
      const { task, marker } = message;
      return takeStep({ task, marker, change: (record) => record ?? null }, invocation, deps);
    }
    case 'retry': {
      const { task, damaged } = message;
      return takeStep({ task, change: (record) => (record ? reopen(record, damaged) : null) }, invocation, deps);
    }
  }
}

async function archiveCallback(
  { body, receivedAt, labels }: CallbackMessage,
  invocation: Invocation,
  deps: ArchiveDeps,
): Promise<Archived> {
  const { bucket, log } = deps;
  // What a replay needs to end in the same record.
  const metadata = { receivedat: receivedAt, labels: String(new URLSearchParams(labels)) };
  /** Each distinct body once; what stands there already under its hash is the same. */
  const keep = (key: string) => bucket.write(key, body, { contentType: 'application/json', metadata }, 'absent');

  const parsed = parseCallback(body);
  if ('unrecognised' in parsed) {
    const key = unrecognisedKey(body);
    await keep(key);
    log('warn', 'callback.unrecognised', { key, bytes: body.length, reason: parsed.unrecognised });
    return { outcome: 'unrecognised' };
  }
  const { callback } = parsed;
  const { taskId, stage, kind, code } = callback;
  const key = callbackKey(taskId, stage, body);
  await keep(key);
  log('info', 'callback.kept', { taskId, stage, kind, code, key });
  const observation = { callback, receivedAt, labels };
  return takeStep(
    { task: taskSegment(taskId), change: (record) => mergeCallback(record, observation) },
    invocation,
    deps,
  );
}

async function noteExpected(
  { tasks, ...announcement }: ExpectedMessage,
  invocation: Invocation,
  deps: ArchiveDeps,
): Promise<Archived> {
  const note = async (expected: ExpectedTask) => {
    const change: Change = (record) => mergeExpected(record, expected, announcement);
    await takeStep({ task: taskSegment(expected.taskId), change }, invocation, deps);
  };
  // One task that cannot be noted keeps none of the others from it; while S3 is down, the message soon returns to the queue.
  await forEachConcurrent(tasks, expectedAtOnce, note, { maxFailures: expectedAtOnce });
  deps.log('info', 'tasks.expected', { count: tasks.length });
  return { outcome: 'expected' };
}
