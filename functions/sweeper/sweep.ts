// The clock of all tasks: enqueues a wake message for each due task. The archiver decides what to do.
import { forEachConcurrent } from '../domain/concurrency.ts';
import { UnavailableError } from '../domain/errors.ts';
import { encodeMessage } from '../domain/message.ts';
import type { Marker } from '../domain/schedule.ts';
import type { Clock, Log, Queue, Schedule } from '../ports.ts';

// Enqueues a batch of due tasks. A crash between any two steps loses no task: its marker is removed only after the
// queue has its message and a safety marker is written, in case the message is lost.

type BatchDeps = { schedule: Pick<Schedule, 'put' | 'remove'>; queue: Pick<Queue, 'sendAll'>; clock: Clock };

export type SweepDeps = BatchDeps & { schedule: Pick<Schedule, 'due'>; log: Log };

/** `left`: whether some due tasks may still have their markers. */
export type Swept = { swept: number; left: boolean };

/** Also enqueue what falls due before the next sweep, with a delivery delay. */
const lookaheadMs = 60_000;

/**
 * Concurrent batches. Each takes three round trips of about 25 ms, so 8 sweep a thousand tasks a second; the CPU
 * takes longer.
 */
const batchesAtOnce = 8;

/** @throws if due tasks are left for another reason than the time limit; the next sweep finds them again */
export async function sweep(deps: SweepDeps, { stopping }: { stopping: AbortSignal }): Promise<Swept> {
  const { schedule, clock, log } = deps;
  const until = new Date(clock.now().getTime() + lookaheadMs);
  const count = { swept: 0, failures: 0 };
  let firstFailure: unknown;
  let isAtEnd = false;

  try {
    for (let after: Marker | undefined; !isAtEnd && !stopping.aborted; ) {
      const due = await schedule.due(until, after);
      await sweepAll(due);
      after = due.at(-1);
      isAtEnd = after === undefined;
    }
  } catch (error) {
    note([error]);
  }
  const left = !isAtEnd || count.failures > 0;
  if (count.swept > 0 || left) {
    const detail = firstFailure instanceof Error ? firstFailure.message : undefined;
    log(count.failures > 0 ? 'warn' : 'info', 'sweep', { ...count, left, detail });
  }
  if (count.failures > 0) throw firstFailure;
  return { swept: count.swept, left };

  async function sweepAll(due: readonly Marker[]): Promise<void> {
    const sweepOne = async (batch: readonly Marker[]) => {
      const { swept, failures } = await sweepBatch(batch, deps);
      count.swept += swept;
      note(failures);
    };
    await forEachConcurrent(batchesOf(due), batchesAtOnce, sweepOne, { signal: stopping });
  }

  function note(failures: readonly unknown[]): void {
    firstFailure ??= failures[0];
    count.failures += failures.length;
  }
}

/** `failures`: why the others were not swept. */
type BatchSwept = { swept: number; failures: unknown[] };

/** `due`: at most 10. Never throws. */
async function sweepBatch(due: readonly Marker[], deps: BatchDeps): Promise<BatchSwept> {
  const { schedule, queue, clock } = deps;
  const failures: unknown[] = [];
  let swept = 0;
  try {
    const now = clock.now();
    const puts = await Promise.allSettled(
      due.map(async (marker) => {
        const later = laterMarker(marker, now);
        await schedule.put(later);
        return { marker, later };
      }),
    );
    const wakes = puts.flatMap((put) => (put.status === 'fulfilled' ? [put.value] : []));
    failures.push(...puts.flatMap((put) => (put.status === 'rejected' ? [put.reason] : [])));

    const taken = await queue.sendAll(
      wakes.map(({ marker: { task, dueAt }, later }) => ({
        message: encodeMessage({ type: 'wake', task, marker: later.dueAt }),
        delaySeconds: secondsUntil(dueAt, clock.now()),
        group: sweptGroup,
      })),
    );
    const done = wakes.filter((_, index) => taken[index]).map(({ marker }) => marker);
    if (done.length < wakes.length) failures.push(new UnavailableError('the queue did not take every message'));
    await schedule.remove(done);
    swept = done.length;
  } catch (error) {
    failures.push(error);
  }
  return { swept, failures };
}

const hourMs = 3_600_000;

/**
 * SQS redelivers after 90 min and a backlog can take hours, so a safety marker earlier than 6 h would only duplicate
 * work.
 */
const lostAfterMs = 6 * hourMs;

/**
 * The safety marker that wakes the task again if its message is lost: six to seven hours from now, in whole hours
 * after its due time. A sweep that is repeated every minute, as while the queue is down, thus writes one marker an
 * hour and not sixty.
 */
export function laterMarker({ task, dueAt }: Marker, now: Date): Marker {
  const due = Date.parse(dueAt);
  const hours = Math.ceil((now.getTime() + lostAfterMs - due) / hourMs);
  return { task, dueAt: new Date(due + hours * hourMs).toISOString() };
}

function secondsUntil(dueAt: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(dueAt) - now.getTime()) / 1000));
}

/** One group for all retries: however many are due at once, a fresh callback's file is fetched before them. */
const sweptGroup = 'swept';

/** SQS's maximum for one request. */
const batchSize = 10;

function batchesOf(due: readonly Marker[]): Marker[][] {
  const count = Math.ceil(due.length / batchSize);
  return Array.from({ length: count }, (_, index) => due.slice(index * batchSize, (index + 1) * batchSize));
}

// Counts open tasks by their markers. Counted once an hour, because it lists every marker.

export type CountDeps = { schedule: Pick<Schedule, 'countTasks'>; log: Log };

/** `time`: the scheduled time of this sweep, in whole minutes, so one sweep per hour has it. */
export function isFullHour(time: string | undefined): boolean {
  return new Date(time ?? '').getUTCMinutes() === 0;
}

/** Never throws: the sweep itself is done. */
export async function countTasks({ schedule, log }: CountDeps, { stopping }: { stopping: AbortSignal }): Promise<void> {
  try {
    log('info', 'tasks.open', { count: await schedule.countTasks({ stopping }) });
  } catch (error) {
    log('warn', 'tasks.uncounted', { detail: `${error}` });
  }
}
