// A process that crashes before one of its writes. Everything that it would have done after that does not happen.
import type { Bucket, EventBus, Queue, Schedule } from '../../../functions/ports.ts';

class Crash extends Error {}

type Neighbours = { bucket: Bucket; schedule: Schedule; queue: Queue; wakeQueue: Queue; bus: EventBus };

/** `diesAt`: the number of the write, from 1, before which it crashes. The services keep running. */
export function frail({ bucket, schedule, queue, wakeQueue, bus }: Neighbours, diesAt: number) {
  const state = { writes: 0, isDead: false };
  function alive(): void {
    if (state.isDead) throw new Crash('the process is dead');
  }
  function writing(): void {
    alive();
    state.writes++;
    state.isDead = state.writes >= diesAt;
    alive();
  }
  const guarded =
    <A extends unknown[], R>(check: () => void, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      check();
      return await call(...args);
    };

  const frailBucket: Bucket = {
    read: guarded(alive, bucket.read),
    head: guarded(alive, bucket.head),
    write: guarded(writing, bucket.write),
    startUpload: guarded(writing, bucket.startUpload),
    uploadsAt: guarded(alive, bucket.uploadsAt),
    upload(key, id) {
      const upload = bucket.upload(key, id);
      return {
        part: guarded(writing, upload.part),
        parts: guarded(alive, upload.parts),
        complete: guarded(writing, upload.complete),
        abort: guarded(writing, upload.abort),
      };
    },
  };
  const frailSchedule: Schedule = {
    due: guarded(alive, schedule.due),
    put: guarded(writing, schedule.put),
    remove: guarded(writing, schedule.remove),
    countTasks: guarded(alive, schedule.countTasks),
  };
  const frailQueue = (one: Queue): Queue => ({
    send: guarded(writing, one.send),
    sendAll: guarded(writing, one.sendAll),
    postpone: guarded(writing, one.postpone),
    hasWaiting: guarded(alive, one.hasWaiting),
  });
  const frailBus: EventBus = { put: guarded(writing, bus.put) };
  return {
    bucket: frailBucket,
    schedule: frailSchedule,
    queue: frailQueue(queue),
    wakeQueue: frailQueue(wakeQueue),
    bus: frailBus,
    state,
  };
}
