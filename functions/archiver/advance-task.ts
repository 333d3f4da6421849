// A task's two steps. `changeTask` writes what a message says into the record and waits for no host. `advanceTask`
// does what is due: transfers, polls, events. Any invocation may repeat any step at any time: each looks at what exists
// first. The order makes this safe: the record, then the files, then the record that names them, then the marker, then
// the event, and only then is the message acknowledged. A crash between any two steps leaves work to repeat, never a
// false record.

import { encodeMessage } from '../domain/message.ts';
import { type Asset, type TaskRecord, type TransferProgress, taskRecord } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import { deriveStatus } from '../domain/task-state.ts';
import type { Queue } from '../ports.ts';
import { isDue, isRechecked, nextFetchAt } from './allowed-sources.ts';
import { closeOverdue } from './attempt-outcome.ts';
import { createDueMarkers, type DueMarkersDeps, hostOf, timeLeft, withDue, withPlausibleStart } from './due-markers.ts';
import { type FetchDeps, fetchAssets } from './fetch-assets.ts';
import { planAssets } from './plan.ts';
import { nextPollAt, type PollDeps, pollProvider } from './provider-polling.ts';
import { type ArchiverInvocation, claim, createRecordUpdate, isClaimed, isClaimedByOther, release } from './records.ts';
import { type PublishEventDeps, publishTaskEvents } from './task-events.ts';
import { abortUpload } from './transfer/progress-store.ts';

export type AdvanceTaskDeps = FetchDeps &
  PollDeps &
  DueMarkersDeps &
  PublishEventDeps & { wakeQueue: Pick<Queue, 'send'> };
/** The change that a message makes to the record. Null: there is no such task. */
export type TaskChange = (record: TaskRecord | undefined) => TaskRecord | null;
export type Advanced = { outcome: 'done' | 'claimed' | 'no-such-task' } | { outcome: 'open'; dueAt: string };

/** SQS answers in milliseconds; if it does not, the sweeper finds the marker. */
const wakeMs = 5_000;

/** `task`: its id as in keys. Wakes the task if the change made something due. */
export async function changeTask(
  { task, change }: { task: string; change: TaskChange },
  deps: AdvanceTaskDeps,
): Promise<Advanced> {
  const { bucket, clock, log, policy, wakeQueue } = deps;
  const update = createRecordUpdate(bucket, task);
  const markers = createDueMarkers(task, deps);
  let isInProgress = false;
  const record = await update((found) => {
    const now = clock.now();
    const changed = change(found);
    if (changed === null) throw new NoSuchTask();
    const planned = planAssets(withPlausibleStart(changed, now));
    // The invocation that holds the task sees this change before it releases it, and its own marker exists.
    isInProgress = planned.dueAt !== null && isClaimed(planned, now);
    if (isInProgress) return planned;
    markers.retire(found?.dueAt);
    const due = withDue(planned, policy, now);
    // A repeated callback must not move the due time: its marker may be written after the work is done.
    const isRepeated = found?.dueAt != null && isDue(found.dueAt, now) && isSame(planned, found);
    return isRepeated && due.dueAt !== null ? { ...due, dueAt: found.dueAt } : due;
  }).catch(nullIfNoSuchTask);
  if (record === null) return { outcome: 'no-such-task' };
  const { taskId, kind, status, dueAt } = record;
  if (isInProgress) {
    log('info', 'task.claimed', { taskId, kind, status });
    return { outcome: 'claimed' };
  }
  await markers.set(dueAt);
  if (dueAt !== null && isDue(dueAt, clock.now())) {
    const message = encodeMessage({ type: 'wake', task, marker: dueAt });
    await wakeQueue
      .send(message, { signal: AbortSignal.timeout(wakeMs), group: hostOf(record) })
      .catch((error: unknown) => log('warn', 'wake.not_sent', { taskId, detail: `${error}` }));
  } else {
    logTask(record, deps);
    await publishTaskEvents(record, { ...deps, update });
  }
  await markers.removeRetired();
  return dueAt === null ? { outcome: 'done' } : { outcome: 'open', dueAt };
}

function isSame(one: TaskRecord, other: TaskRecord): boolean {
  return JSON.stringify(taskRecord.parse(one)) === JSON.stringify(taskRecord.parse(other));
}

/** `task`: its id as in keys. `marker`: the due time of the marker that led to this step; removed when it is done. */
export async function advanceTask(
  { task, marker }: { task: string; marker: string },
  invocation: ArchiverInvocation,
  deps: AdvanceTaskDeps,
): Promise<Advanced> {
  const { bucket, clock, log, policy } = deps;
  const update = createRecordUpdate(bucket, task);
  const markers = createDueMarkers(task, deps);
  markers.retire(marker);

  // 1. The record, with a place for every file. If there is work, this invocation claims the task.
  const started = await update((found) => {
    markers.retire(found?.dueAt);
    if (found === undefined) throw new NoSuchTask();
    const planned = planAssets(found);
    const now = clock.now();
    return hasWork(planned) ? claim(planned, invocation, now) : withDue(planned, policy, now);
  }).catch(nullIfNoSuchTask);
  if (started === null) {
    await markers.removeRetired();
    return { outcome: 'no-such-task' };
  }
  const { taskId, kind } = started;
  if (isClaimedByOther(started, invocation.messageId, clock.now())) {
    log('info', 'task.claimed', { taskId, kind, status: started.status });
    return { outcome: 'claimed' };
  }

  /** Uploads of files that were closed at the deadline: no invocation will resume them. */
  let givenUp: TransferProgress[] = [];

  // 2. The files, and the provider's answer, each written into the record as soon as it is known.
  const record = await runUntilIdle(started);

  // 3. The marker of the next step, before anything that may fail for long: an open task resumes in any case.
  await markers.set(record.dueAt);
  logTask(record, deps);

  // 4. The events. 5. The markers of earlier steps: as long as one exists, a task whose message is lost is woken again.
  await publishTaskEvents(record, { ...deps, update });
  await markers.removeRetired();
  return record.dueAt === null ? { outcome: 'done' } : { outcome: 'open', dueAt: record.dueAt };

  /** Until nothing is left that this invocation has not tried. Other messages may change the record in the meantime. */
  async function runUntilIdle(start: TaskRecord): Promise<TaskRecord> {
    const tried = new Set<string>();
    const untried = (current: TaskRecord) =>
      current.assets.filter((asset) => {
        const at = nextFetchAt(asset, current, policy, clock.now());
        return at !== null && isDue(at, clock.now()) && !tried.has(attemptOf(asset));
      });
    const mustPoll = (current: TaskRecord) => {
      const at = nextPollAt(current, policy);
      return at !== null && isDue(at, clock.now()) && !invocation.stopping.aborted;
    };

    for (let current = start; ; ) {
      const assets = untried(current);
      for (const asset of assets) tried.add(attemptOf(asset));
      await fetchAssets(current, assets, invocation, { ...deps, update });
      let isLeft = false;
      current = await update((found) => {
        markers.retire(found?.dueAt);
        const derived = deriveStatus(found ?? current);
        isLeft = untried(derived).length > 0 || mustPoll(derived);
        // The claim is released only in a write that has seen all changes.
        return isLeft ? derived : finished(derived);
      });
      if (!isLeft) {
        for (const progress of givenUp) await abortUpload(bucket, progress, log);
        return current;
      }
      if (mustPoll(current)) current = await pollProvider(current, invocation, { ...deps, update });
    }
  }

  function finished(idle: TaskRecord): TaskRecord {
    const now = clock.now();
    const closed = closeOverdue(idle, policy, now);
    givenUp = idle.assets.flatMap(({ progress }, index) =>
      progress !== null && closed.assets[index]?.progress === null ? [progress] : [],
    );
    return withDue(release(closed, invocation.messageId), policy, now);
  }
}

/** Files may be fetched: only then does a task need a claim. */
function hasWork({ status, assets }: TaskRecord): boolean {
  return status === 'archiving' || assets.some(isRechecked);
}

function logTask(after: TaskRecord, { clock, log }: Pick<AdvanceTaskDeps, 'clock' | 'log'>): void {
  const { taskId, kind, status, failure, dueAt, assets } = after;
  const now = clock.now();
  const states = ['stored', 'open', 'quarantined', 'failed'] as const;
  const counts = states.map((state) => [state, assets.filter((asset) => asset.state === state).length]);
  log(status === 'failed' ? 'warn' : 'info', 'task', {
    ...{ taskId, kind, status, outcome: failure?.outcome, dueAt },
    ...timeLeft(after, now),
    ...Object.fromEntries(counts),
  });
}

class NoSuchTask extends Error {}

function nullIfNoSuchTask(error: unknown): null {
  if (error instanceof NoSuchTask) return null;
  throw error;
}

/** An asset with new sources is tried again. */
function attemptOf(asset: Asset): string {
  return JSON.stringify([assetId(asset), asset.sources]);
}
