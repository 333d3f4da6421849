// One step of a task, whatever triggered it. Any invocation may repeat any step at any time: each looks at what exists
// first. The order makes this safe: the record, then the files, then the record that names them, then the marker, then
// the event, and only then is the message acknowledged. A crash between any two steps leaves work to repeat, never a
// false record.

import type { Asset, TaskRecord } from '../domain/record.ts';
import { assetId } from '../domain/reopen.ts';
import { deriveStatus } from '../domain/task-state.ts';
import { isDue, isFetchable } from './allowed-sources.ts';
import { closeOverdue } from './attempt-outcome.ts';
import { createDueMarkers, type DueMarkersDeps, riskOf, timeLeft, withDue } from './due-markers.ts';
import { type FetchDeps, fetchAssets } from './fetch-assets.ts';
import { planAssets } from './plan.ts';
import { nextPollAt, type PollDeps, pollProvider } from './provider-polling.ts';
import { type ArchiverInvocation, claim, createRecordUpdate, isClaimedByOther, release } from './records.ts';
import { type PublishEventDeps, publishTaskEvent } from './task-events.ts';

export type AdvanceTaskDeps = FetchDeps & PollDeps & DueMarkersDeps & PublishEventDeps;
/** The change that a message makes to the record. Null: there is no such task. */
export type TaskChange = (record: TaskRecord | undefined) => TaskRecord | null;
export type Advanced = { outcome: 'done' | 'claimed' | 'no-such-task' } | { outcome: 'open'; dueAt: string };

/**
 * `task`: its id as in keys. `marker`: the due time of the marker that led to this message; removed when the step is
 * done.
 */
export async function advanceTask(
  { task, change, marker }: { task: string; change: TaskChange; marker?: string },
  invocation: ArchiverInvocation,
  deps: AdvanceTaskDeps,
): Promise<Advanced> {
  const { bucket, clock, log, policy } = deps;
  const update = createRecordUpdate(bucket, task);
  const markers = createDueMarkers(task, deps);
  if (marker !== undefined) markers.retire(marker);

  // 1. The record: what the message says, with a place for every file. If there is work, this invocation claims the
  // task.
  const started = await update((found) => {
    markers.retire(found?.dueAt);
    const changed = change(found);
    if (changed === null) throw new NoSuchTask();
    const planned = planAssets(changed);
    const now = clock.now();
    return planned.status === 'archiving' ? claim(planned, invocation, now) : withDue(planned, policy, now);
  }).catch((error: unknown) => {
    if (error instanceof NoSuchTask) return null;
    throw error;
  });
  if (started === null) {
    await markers.removeRetired();
    return { outcome: 'no-such-task' };
  }
  const { taskId, kind } = started;
  if (isClaimedByOther(started, invocation.messageId, clock.now())) {
    log('info', 'task.claimed', { taskId, kind, status: started.status });
    return { outcome: 'claimed' };
  }

  // 2. The files, and the provider's answer, each written into the record as soon as it is known.
  const record = await runUntilIdle(started);

  // 3. The marker of the next step, before anything that may fail for long: an open task resumes in any case.
  await markers.set(record.dueAt);
  logTask(record);

  // 4. The event. 5. The markers of earlier steps: as long as one exists, a task whose message is lost is woken again.
  await publishTaskEvent(record, { ...deps, update });
  await markers.removeRetired();
  return record.dueAt === null ? { outcome: 'done' } : { outcome: 'open', dueAt: record.dueAt };

  /** Until nothing is left that this invocation has not tried. Other messages may change the record in the meantime. */
  async function runUntilIdle(start: TaskRecord): Promise<TaskRecord> {
    const tried = new Set<string>();
    const untried = (current: TaskRecord) =>
      current.assets.filter(
        (asset) =>
          isFetchable(asset, current, policy) && isDue(asset.nextDueAt, clock.now()) && !tried.has(attemptOf(asset)),
      );
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
      if (!isLeft) return current;
      if (mustPoll(current)) current = await pollProvider(current, invocation, { ...deps, update });
    }
  }

  function finished(idle: TaskRecord): TaskRecord {
    const now = clock.now();
    return withDue(release(closeOverdue(idle, policy, now), invocation.messageId), policy, now);
  }

  function logTask(after: TaskRecord): void {
    const { status, failure, dueAt, assets, inquiry } = after;
    const now = clock.now();
    const states = ['stored', 'open', 'quarantined', 'failed'] as const;
    const counts = states.map((state) => [state, assets.filter((asset) => asset.state === state).length]);
    log(status === 'failed' ? 'warn' : 'info', 'task', {
      ...{ taskId, kind, status, outcome: failure?.outcome, dueAt },
      ...timeLeft(after, now),
      ...Object.fromEntries(counts),
    });
    const risk = riskOf(after, now);
    if (risk !== null) log('warn', 'task.at_risk', { taskId, kind, ...risk, problem: inquiry.problem });
  }
}

class NoSuchTask extends Error {}

/** An asset with new sources is tried again. */
function attemptOf(asset: Asset): string {
  return JSON.stringify([assetId(asset), asset.sources]);
}
