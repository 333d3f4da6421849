// A sweeper with a schedule and a queue in memory, on a clock that stands still.
import { decodeMessage } from '../../../functions/domain/message.ts';
import { type Marker, markerTime } from '../../../functions/domain/schedule.ts';
import type { Log } from '../../../functions/ports.ts';
import { type SweepDeps, type Swept, sweep } from '../../../functions/sweeper/sweep.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { inMemoryQueue } from '../../doubles/in-memory-queue.ts';
import { inMemorySchedule } from '../../doubles/in-memory-schedule.ts';
import { virtualClock } from '../../doubles/virtual-clock.ts';

export const noon = Date.parse('2026-11-20T12:00:00Z');
export const at = (seconds: number, task = 'task'): Marker => ({ dueAt: markerTime(noon + seconds * 1000), task });
const never = new AbortController().signal;

export function openSweeper() {
  const clock = virtualClock(noon);
  const bucket = inMemoryBucket();
  const schedule = inMemorySchedule(bucket);
  const queue = inMemoryQueue({ clock, visibilityMs: 5_400_000, maxReceiveCount: 100 });
  const lines: Parameters<Log>[] = [];
  const deps: SweepDeps = { schedule, queue, clock, log: (...line) => lines.push(line) };

  return {
    clock,
    bucket,
    schedule,
    queue,
    deps,
    lines,
    put: async (markers: readonly Marker[]) => {
      for (const marker of markers) await schedule.put(marker);
    },
    sweep: (more: Partial<SweepDeps> = {}, stopping = never): Promise<Swept> =>
      sweep({ ...deps, ...more }, { stopping }),
    /** The tasks of all messages, hidden or not, and the marker of each. */
    wakes: () =>
      queue.bodies().flatMap((body) => {
        const message = decodeMessage(body);
        return message?.type === 'wake' ? [{ task: message.task, dueAt: message.marker }] : [];
      }),
  };
}
