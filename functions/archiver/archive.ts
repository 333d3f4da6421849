// What each type of message means for its task. Afterwards every task takes the same way: `advanceTask`.
import { parseCallback } from '../domain/callback/parse.ts';
import { forEachConcurrent } from '../domain/concurrency.ts';
import type { ExpectedTask } from '../domain/expected.ts';
import { mergeCallback, mergeExpected } from '../domain/merge.ts';
import type { CallbackMessage, ExpectedMessage, QueueMessage } from '../domain/message.ts';
import { callbackKey, keySafeTaskId, unrecognisedKey } from '../domain/object-key.ts';
import { reopen } from '../domain/reopen.ts';
import type { Bucket } from '../ports.ts';
import { type Advanced, type AdvanceTaskDeps, advanceTask, type TaskChange } from './advance-task.ts';
import type { ArchiverInvocation } from './records.ts';

export type ArchiveDeps = AdvanceTaskDeps & { bucket: Bucket };
export type Archived = Advanced | { outcome: 'unrecognised' | 'expected' };

/** Of the tasks in one `expected` message, this many at a time. */
const maxConcurrentTasks = 8;

export async function archive(
  message: QueueMessage,
  invocation: ArchiverInvocation,
  deps: ArchiveDeps,
): Promise<Archived> {
  switch (message.type) {
    case 'callback':
      return archiveCallback(message, invocation, deps);
    case 'expected':
      return expectTasks(message, invocation, deps);
    case 'wake': {
      const { task, marker } = message;
      return advanceTask({ task, marker, change: (record) => record ?? null }, invocation, deps);
    }
    case 'retry': {
      const { task, damaged } = message;
      return advanceTask({ task, change: (record) => (record ? reopen(record, damaged) : null) }, invocation, deps);
    }
  }
}

async function archiveCallback(
  { body, receivedAt, labels }: CallbackMessage,
  invocation: ArchiverInvocation,
  deps: ArchiveDeps,
): Promise<Archived> {
  const { bucket, log } = deps;
  // A replay needs both to produce the same record.
  const metadata = { receivedat: receivedAt, labels: String(new URLSearchParams(labels)) };
  /** The key contains the body's hash, so an object that already exists there is the same body. */
  const store = (key: string) => bucket.write(key, body, { contentType: 'application/json', metadata }, 'absent');

  const parsed = parseCallback(body);
  if ('unrecognised' in parsed) {
    const key = unrecognisedKey(body);
    await store(key);
    log('warn', 'callback.unrecognised', { key, bytes: body.length, reason: parsed.unrecognised });
    return { outcome: 'unrecognised' };
  }
  const { callback } = parsed;
  const { taskId, stage, kind, code } = callback;
  const key = callbackKey(taskId, stage, body);
  await store(key);
  log('info', 'callback.kept', { taskId, stage, kind, code, key });
  const observation = { callback, receivedAt, labels };
  return advanceTask(
    { task: keySafeTaskId(taskId), change: (record) => mergeCallback(record, observation) },
    invocation,
    deps,
  );
}

async function expectTasks(
  { tasks, ...announcement }: ExpectedMessage,
  invocation: ArchiverInvocation,
  deps: ArchiveDeps,
): Promise<Archived> {
  const expectTask = async (expected: ExpectedTask) => {
    const change: TaskChange = (record) => mergeExpected(record, expected, announcement);
    await advanceTask({ task: keySafeTaskId(expected.taskId), change }, invocation, deps);
  };
  // A task that fails keeps none of the others from it; while S3 is down, the message soon returns to the queue.
  await forEachConcurrent(tasks, maxConcurrentTasks, expectTask, { maxFailures: maxConcurrentTasks });
  deps.log('info', 'tasks.expected', { count: tasks.length });
  return { outcome: 'expected' };
}
