// The clock of all tasks: enqueues a wake message for each due task. The archiver decides what to do.
import { forEachConcurrent } from '../domain/concurrency.ts';
import type { Marker } from '../domain/schedule-key.ts';
import type { Log, Schedule } from '../ports.ts';
import { type BatchDeps, sweepBatch } from './sweep-batch.ts';

export type SweepDeps = BatchDeps & { schedule: Pick<Schedule, 'due'>; log: Log };
/** `left`: whether some due tasks may still have their markers. */
export type Swept = { swept: number; left: boolean };

/** Also enqueue what falls due before the next sweep, with a delivery delay. */
const lookaheadMs = 60_000;
/** SQS's maximum for one request. */
const batchSize = 10;
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

function batchesOf(due: readonly Marker[]): Marker[][] {
  const count = Math.ceil(due.length / batchSize);
  return Array.from({ length: count }, (_, index) => due.slice(index * batchSize, (index + 1) * batchSize));
}
