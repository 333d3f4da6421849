// Enqueues a batch of due tasks. A crash between any two steps loses no task: its marker is removed only after the
// queue has its message and a safety marker is written, in case the message is lost.
import { UnavailableError } from '../domain/errors.ts';
import { encodeMessage } from '../domain/message.ts';
import type { Marker } from '../domain/schedule-key.ts';
import type { Clock, Queue, Schedule } from '../ports.ts';
import { laterMarker } from './later-marker.ts';

export type BatchDeps = { schedule: Pick<Schedule, 'put' | 'remove'>; queue: Pick<Queue, 'sendAll'>; clock: Clock };
/** `failures`: why the others were not swept. */
export type BatchSwept = { swept: number; failures: unknown[] };

/** `due`: at most 10. Never throws. */
export async function sweepBatch(due: readonly Marker[], deps: BatchDeps): Promise<BatchSwept> {
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

function secondsUntil(dueAt: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(dueAt) - now.getTime()) / 1000));
}
