// One step of one task forward, whatever woke it. Every step may be repeated at any time by anyone: it looks first at what is
// there. The order makes it safe: the record, then the objects, then the record that claims them, then the marker, then the
// event that tells of it, and only then is the message acknowledged. A crash between any two leaves work to do again, never
// a lie.
import { assetId } from '../domain/asset.ts';
import type { Asset, TaskRecord } from '../domain/record.ts';
import { deriveStatus } from '../domain/task-state.ts';
import { isDue, isFetchable } from './allowed-sources.ts';
import { type PollDeps, pollProvider } from './ask-provider.ts';
import { claim, type Invocation, isClaimedByOther, release } from './claim.ts';
import { riskOf, timeLeft, withDue } from './due.ts';
import { createDueMarkers, type DueMarkersDeps } from './due-markers.ts';
import { closeOverdue } from './expiry.ts';
import { type FetchDeps, fetchAll } from './fetch-all.ts';
import { planAssets } from './plan.ts';
import { nextPollAt } from './provider-polling.ts';
import { createRecordUpdate } from './records.ts';
import { type PublishEventDeps, tell } from './tell.ts';

export type AdvanceTaskDeps = FetchDeps & PollDeps & DueMarkersDeps & PublishEventDeps;
/** What a message changes in the record. Null: there is no such task. */
export type Change = (record: TaskRecord | undefined) => TaskRecord | null;
export type Advanced = { outcome: 'done' | 'claimed' | 'no-such-task' } | { outcome: 'open'; dueAt: string };

/**
 * `task`: its id as it stands in keys. `marker`: the due time of the marker that stands for this message, and is over when the
 * step is done.
 */
export async function advanceTask(
  { task, change, marker }: { task: string; change: Change; marker?: string },
  invocation: Invocation,
  deps: AdvanceTaskDeps,
): Promise<Advanced> {
  const { bucket, clock, log, policy } = deps;
  const update = createRecordUpdate(bucket, task);
  const reschedule = createDueMarkers(task, deps);
  if (marker !== undefined) reschedule.isOver(marker);

  const begun = await update((found) => {
    reschedule.isOver(found?.dueAt);
    const changed = change(found);
    if (changed === null) throw new NoSuchTask();
    const planned = planAssets(changed);
    const now = clock.now();
    return planned.status === 'archiving' ? claim(planned, invocation, now) : withDue(planned, policy, now);
  }).catch((error: unknown) => {
    if (error instanceof NoSuchTask) return null;
    throw error;
  });
  if (begun === null) {
    await reschedule.clear();
    return { outcome: 'no-such-task' };
  }
  const { taskId, kind } = begun;
  if (isClaimedByOther(begun, invocation.messageId, clock.now())) {
    log('info', 'task.claimed', { taskId, kind, status: begun.status });
    return { outcome: 'claimed' };
  }

  const record = await runUntilIdle(begun);
  await reschedule.to(record.dueAt);
  const { status, failure, dueAt } = record;
  const level = status === 'failed' ? 'warn' : 'info';
  const left = timeLeft(record, clock.now());
  log(level, 'task', { taskId, kind, status, outcome: failure?.outcome, dueAt, ...left, ...count(record) });
  const risk = riskOf(record, clock.now());
  if (risk !== null) log('warn', 'task.at_risk', { taskId, kind, ...risk, problem: record.inquiry.problem });
  await tell(record, { ...deps, update });
  await reschedule.clear();
  return dueAt === null ? { outcome: 'done' } : { outcome: 'open', dueAt };

  /** Until nothing is left that this invocation has not tried. Other messages may add to the record meanwhile. */
  async function runUntilIdle(start: TaskRecord): Promise<TaskRecord> {
    const tried = new Set<string>();
    const untried = (current: TaskRecord) =>
      current.assets.filter(
        (asset) =>
          isFetchable(asset, current, policy) && isDue(asset.nextDueAt, clock.now()) && !tried.has(attemptOf(asset)),
      );
    const mustAsk = (current: TaskRecord) => {
      const at = nextPollAt(current, policy);
      return at !== null && isDue(at, clock.now()) && !invocation.stopping.aborted;
    };

    for (let current = start; ; ) {
      const assets = untried(current);
      for (const asset of assets) tried.add(attemptOf(asset));
      await fetchAll(current, assets, invocation, { ...deps, update });
      let isLeft = false;
      current = await update((found) => {
        reschedule.isOver(found?.dueAt);
        const settled = deriveStatus(found ?? current);
        isLeft = untried(settled).length > 0 || mustAsk(settled);
        // The claim is let go only in a write that saw all there is.
        return isLeft ? settled : finished(settled);
      });
      if (!isLeft) return current;
      if (mustAsk(current)) current = await pollProvider(current, invocation, { ...deps, update });
    }
  }

  function finished(record: TaskRecord): TaskRecord {
    const now = clock.now();
    return withDue(release(closeOverdue(record, policy, now), invocation.messageId), policy, now);
  }
}

class NoSuchTask extends Error {}

/** An asset with new sources is another attempt. */
function attemptOf(asset: Asset): string {
  return JSON.stringify([assetId(asset), asset.sources]);
}

function count({ assets }: TaskRecord): Record<string, number> {
  const states = ['stored', 'open', 'quarantined', 'failed'] as const;
  return Object.fromEntries(states.map((state) => [state, assets.filter((asset) => asset.state === state).length]));
}
