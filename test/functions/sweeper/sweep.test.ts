import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import { type Marker, scheduleKey } from '../../../functions/domain/schedule.ts';
import type { Queue, Schedule } from '../../../functions/ports.ts';
import { sweepSeconds } from '../../../infra/shared-settings.ts';
import { at, noon, openSweeper } from './sweep-setup.ts';

const sixHours = 6 * 3600;
const tasks = (count: number, seconds: (index: number) => number = () => 0) =>
  Array.from({ length: count }, (_, index) => at(seconds(index), `task-${index}`));

test('a sweep with nothing due changes nothing and says nothing', async () => {
  const { put, sweep, bucket, queue, lines } = openSweeper();
  await put([at(sweepSeconds + 1), at(86_400)]);

  expect(await sweep()).toEqual({ swept: 0, left: false });

  expect(bucket.keys()).toEqual([at(sweepSeconds + 1), at(86_400)].map(scheduleKey));
  expect([queue.size(), lines]).toEqual([0, []]);
});

test('what is due gets a message, and a later marker in place of the one it had', async () => {
  const { put, sweep, bucket, wakes, lines } = openSweeper();
  await put([at(0, 'one')]);

  expect(await sweep()).toEqual({ swept: 1, left: false });

  const later = at(sixHours, 'one');
  expect(wakes()).toEqual([later]);
  expect(bucket.keys()).toEqual([scheduleKey(later)]);
  expect(lines).toEqual([['info', 'sweep', { swept: 1, failures: 0, left: false, detail: undefined }]]);
});

test.each([
  // Until the next sweep.
  [sweepSeconds, 60],
  [59, 59],
  [1, 1],
  [0, 0],
  [-86_400, 0],
])('what is due in %i s can be received after %i s', async (dueIn, seconds) => {
  const { put, sweep, clock, queue } = openSweeper();
  await put([at(dueIn)]);

  await sweep();

  expect(queue.nextVisibleAt()).toEqual(new Date(noon + seconds * 1000));
  clock.advance(seconds * 1000 - 1);
  expect(queue.receive()).toBeUndefined();
  clock.advance(1);
  expect(queue.receive()).toBeDefined();
});

test('10,000 that are due are all swept in one go, those of the future stay, and junk is in no one’s way', async () => {
  const { put, sweep, bucket, wakes } = openSweeper();
  const due = tasks(10_000, (index) => (index % 7_260) - 7_200);
  const future = [at(61, 'soon'), at(100_000, 'late')];
  await put([...future, ...due]);
  const junk = ['schedule/', 'schedule/20261120T115959Z/', 'schedule/readme.txt', 'schedule/20261120T110000Z/a/b'];
  for (const key of junk) await bucket.write(key, '', { contentType: 'text/plain' });

  expect(await sweep()).toEqual({ swept: 10_000, left: false });

  expect(new Set(wakes().map(({ task }) => task))).toEqual(new Set(due.map(({ task }) => task)));
  expect(wakes()).toHaveLength(10_000);
  expect(bucket.keys()).toEqual([...wakes(), ...future].map(scheduleKey).concat(junk).sort());
});

test('a message that is lost is made again when its later marker is due, and not before', async () => {
  const { put, sweep, clock, queue } = openSweeper();
  await put([at(0)]);
  await sweep();
  queue.delete(queue.receive()?.receiptHandle ?? '');

  clock.advance((sixHours - 61) * 1000);
  expect(await sweep()).toMatchObject({ swept: 0 });
  clock.advance(1000);
  expect(await sweep()).toMatchObject({ swept: 1 });
  expect(queue.size()).toBe(1);
});

describe('what fails', () => {
  const unavailable = new UnavailableError('S3 answered 503 SlowDown');
  const isFor = (marker: Marker, ...names: string[]) => names.includes(marker.task);

  test('a message that was not taken keeps its marker, and the others are swept', async () => {
    const { put, sweep, queue, schedule, wakes, lines } = openSweeper();
    await put(tasks(25));
    const sendAll: Queue['sendAll'] = async (messages) => {
      const taken = messages.filter(({ message }) => !message.includes('"task-7"'));
      await queue.sendAll(taken);
      return messages.map((message) => taken.includes(message));
    };

    await expect(sweep({ queue: { sendAll } })).rejects.toThrow('the queue did not take every message');

    expect(wakes()).toHaveLength(24);
    expect(await schedule.due(new Date(noon))).toEqual([at(0, 'task-7')]);
    expect(lines).toMatchObject([['warn', 'sweep', { swept: 24, failures: 1, left: true }]]);
    expect(await sweep()).toEqual({ swept: 1, left: false });
    expect(wakes()).toHaveLength(25);
  });

  test('a queue that takes nothing leaves every marker, and an hour of it no more than two later ones each', async () => {
    const { put, sweep, clock, bucket, schedule } = openSweeper();
    await put(tasks(12, (index) => -index));
    const sendAll = () => Promise.reject(new UnavailableError('SendMessageBatch: 503'));

    for (let minute = 0; minute < 60; minute++) {
      await expect(sweep({ queue: { sendAll } })).rejects.toThrow('SendMessageBatch: 503');
      clock.advance(60_000);
    }

    expect(await schedule.due(new Date(noon))).toHaveLength(12);
    expect(bucket.keys().length).toBeLessThanOrEqual(12 * 3);
  });

  test('a later marker that could not be put keeps its task where it is, and no other', async () => {
    const { put, sweep, schedule, wakes } = openSweeper();
    await put(tasks(25));
    const broken: Schedule = {
      ...schedule,
      put: (marker) => (isFor(marker, 'task-3') ? Promise.reject(unavailable) : schedule.put(marker)),
    };

    await expect(sweep({ schedule: broken })).rejects.toBe(unavailable);

    expect(wakes()).toHaveLength(24);
    expect(await schedule.due(new Date(noon))).toEqual([at(0, 'task-3')]);
  });

  test('a marker that could not be removed is swept again: twice is better than never', async () => {
    const { put, sweep, schedule, wakes } = openSweeper();
    await put(tasks(11));
    const broken: Schedule = { ...schedule, remove: () => Promise.reject(unavailable) };

    await expect(sweep({ schedule: broken })).rejects.toBe(unavailable);
    await sweep();

    expect(wakes()).toHaveLength(22);
  });

  test('a list that breaks off leaves swept what it told before', async () => {
    const { put, sweep, schedule, wakes, lines } = openSweeper();
    await put(tasks(1_500));
    const broken: Schedule = {
      ...schedule,
      due: (until, after) => (after === undefined ? schedule.due(until) : Promise.reject(unavailable)),
    };

    await expect(sweep({ schedule: broken })).rejects.toBe(unavailable);

    expect(wakes()).toHaveLength(1_000);
    expect(lines).toMatchObject([['warn', 'sweep', { swept: 1_000, left: true, detail: unavailable.message }]]);
  });
});

describe('a sweep whose time is up', () => {
  test('before it began leaves everything', async () => {
    const { put, sweep, queue } = openSweeper();
    await put(tasks(3));

    expect(await sweep({}, AbortSignal.abort())).toEqual({ swept: 0, left: true });

    expect(queue.size()).toBe(0);
  });

  test('brings the batches that are under way to their end, leaves the rest, and the next one continues', async () => {
    const { put, sweep, queue, schedule, wakes } = openSweeper();
    await put(tasks(2_500));
    const time = new AbortController();
    let batches = 0;
    const sendAll: Queue['sendAll'] = (messages) => {
      if (++batches === 50) time.abort();
      return queue.sendAll(messages);
    };

    const { swept, left } = await sweep({ queue: { sendAll } }, time.signal);

    expect(left).toBe(true);
    expect(swept).toBeGreaterThanOrEqual(500);
    expect(swept).toBeLessThanOrEqual(580);
    expect(wakes()).toHaveLength(swept);
    expect(await schedule.due(new Date(noon))).toHaveLength(1_000);
    expect(await sweep()).toEqual({ swept: 2_500 - swept, left: false });
  });
});
