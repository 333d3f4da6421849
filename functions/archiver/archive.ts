// What each type of message means for its task. Only wake messages lead to transfers; all others change the record and
// wake the task.
import { parseBody } from '../domain/callback/body.ts';
import { keptAs } from '../domain/callback/kept-as.ts';
import { readCallback } from '../domain/callback/parse.ts';
import { forEachConcurrent } from '../domain/concurrency.ts';
import type { ExpectedTask } from '../domain/expected.ts';
import { mergeCallback, mergeExpected } from '../domain/merge.ts';
import type { CallbackMessage, ExpectedMessage, QueueMessage } from '../domain/message.ts';
import { callbackKey, keySafeTaskId, unrecognisedKey } from '../domain/object-key.ts';
import { plausibleTime } from '../domain/plausible-time.ts';
import { reopen } from '../domain/reopen.ts';
import { deriveStatus } from '../domain/task-state.ts';
import type { Bucket } from '../ports.ts';
import { type Advanced, type AdvanceTaskDeps, advanceTask, changeTask, type TaskChange } from './advance-task.ts';
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
      return archiveCallback(message, deps);
    case 'expected':
      return expectTasks(message, deps);
    case 'wake': {
      const { task, marker } = message;
      return advanceTask({ task, marker }, invocation, deps);
    }
    case 'retry': {
      const { task, damaged } = message;
      const now = deps.clock.now();
      return changeTask({ task, change: (record) => (record ? reopen(record, now, damaged) : null) }, deps);
    }
    case 'dismiss': {
      const dismissedAt = deps.clock.now().toISOString();
      const change: TaskChange = (record) => (record ? deriveStatus({ ...record, dismissedAt }) : null);
      return changeTask({ task: message.task, change }, deps);
    }
  }
}

async function archiveCallback({ body, receivedAt, labels }: CallbackMessage, deps: ArchiveDeps): Promise<Archived> {
  const { bucket, clock, log } = deps;
  // A replay needs both to produce the same record.
  const metadata = { receivedat: receivedAt, labels: String(new URLSearchParams(labels)) };
  /** The key contains the body's hash, so an object that already exists there is the same body. */
  const store = (key: string) => bucket.write(key, body, { contentType: 'application/json', metadata }, 'absent');

  // Kept first: whatever the body means, and however long it takes to read it.
  const json = parseBody(body);
  const kept = keptAs(json);
  const key = kept === null ? unrecognisedKey(body) : callbackKey(kept.taskId, kept.stage, body);
  await store(key);
  const parsed = readCallback(json);
  const observed = { receivedAt: plausibleTime(receivedAt, clock.now()), labels };
  if ('unrecognised' in parsed) {
    const found = unrecognisedKey(body);
    if (kept !== null) await store(found);
    log('warn', 'callback.unrecognised', { key: found, bytes: body.length, reason: parsed.unrecognised });
    if (kept === null) return { outcome: 'unrecognised' };
    // The task exists, whatever the body says of it: it is followed up.
    const known = { taskId: kept.taskId, provider: 'unknown', kind: 'unknown' } as const;
    const change: TaskChange = (record) => mergeExpected(record, known, observed);
    await changeTask({ task: keySafeTaskId(kept.taskId), change }, deps);
    return { outcome: 'unrecognised' };
  }
  const { callback } = parsed;
  const { taskId, stage, kind, code } = callback;
  log('info', 'callback.kept', { taskId, stage, kind, code, key });
  const change: TaskChange = (record) => mergeCallback(record, { callback, ...observed });
  return changeTask({ task: keySafeTaskId(taskId), change }, deps);
}

async function expectTasks({ tasks, receivedAt, labels }: ExpectedMessage, deps: ArchiveDeps): Promise<Archived> {
  const announcement = { labels, receivedAt: plausibleTime(receivedAt, deps.clock.now()) };
  const expectTask = async (expected: ExpectedTask) => {
    const change: TaskChange = (record) => mergeExpected(record, expected, announcement);
    await changeTask({ task: keySafeTaskId(expected.taskId), change }, deps);
  };
  // A task that fails keeps none of the others from it; while S3 is down, the message soon returns to the queue.
  await forEachConcurrent(tasks, maxConcurrentTasks, expectTask, { maxFailures: maxConcurrentTasks });
  deps.log('info', 'tasks.expected', { count: tasks.length });
  return { outcome: 'expected' };
}
