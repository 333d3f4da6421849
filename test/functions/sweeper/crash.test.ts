// A sweeper that crashes between any two of its calls, or within one, and is started again.
import { describe, expect, test } from 'vitest';
import { markerOf } from '../../../functions/domain/schedule.ts';
import type { Queue, Schedule } from '../../../functions/ports.ts';
import { at, openSweeper } from './sweep-setup.ts';

/** More than a batch, so that several batches are under way. */
const due = Array.from({ length: 23 }, (_, index) => at(index % 3, `task-${index}`));
/** More calls than a sweep of these markers makes. */
const calls = 2 + 23 + 3 + 3 + 1;

const ways: readonly [string, boolean][] = [
  ['before it reaches anybody', false],
  ['after it was carried out', true],
];

describe.each(ways)('P3: a sweeper that dies in a call %s', (_, isCarriedOut) => {
  test.each(Array.from({ length: calls }, (_, n) => n + 1))('at call %i loses no task', async (dyingCall) => {
    const { put, sweep, schedule, queue, bucket, wakes } = openSweeper();
    await put(due);
    let made = 0;
    /** From then on, none of its calls has an effect. */
    const mortal =
      <Given extends unknown[], Answer>(call: (...given: Given) => Promise<Answer>) =>
      async (...given: Given): Promise<Answer> => {
        made++;
        if (made > dyingCall) throw new Error('dead');
        if (made < dyingCall) return call(...given);
        if (isCarriedOut) await call(...given);
        throw new Error('dead');
      };
    const dying: Omit<Schedule, 'countTasks'> = {
      due: mortal(schedule.due),
      put: mortal(schedule.put),
      remove: mortal(schedule.remove),
    };
    const dyingQueue: Pick<Queue, 'sendAll'> = { sendAll: mortal(queue.sendAll) };

    await sweep({ schedule: dying, queue: dyingQueue }).catch(() => undefined);

    // Whatever happens to the messages, no task is without a marker.
    const marked = new Set(bucket.keys().map((key) => markerOf(key)?.task));
    expect([...marked].sort()).toEqual(due.map(({ task }) => task).sort());

    expect(await sweep()).toMatchObject({ left: false });

    expect(new Set(wakes().map(({ task }) => task))).toEqual(marked);
    // The marker that each message names exists, so that the archiver can remove it.
    expect(bucket.keys().map(markerOf)).toEqual(expect.arrayContaining(wakes()));
    expect(await schedule.due(new Date(at(60).dueAt))).toEqual([]);
  });
});
