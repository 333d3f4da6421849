// When a task is due, and its markers while two invocations advance it.
import { expect, test } from 'vitest';
import { createDueMarkers, riskOf, timeLeft } from '../../../functions/archiver/due-markers.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Marker } from '../../../functions/domain/schedule.ts';
import { deadlineOf } from '../../../functions/domain/task-state.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { inMemorySchedule } from '../../doubles/in-memory-schedule.ts';

const early = '2026-11-20T10:00:00.000Z';
const late = '2026-11-20T16:00:00.000Z';
const expected = { provider: 'kie.ai', kind: 'music', taskId: 'task' } as const;

function world() {
  const bucket = inMemoryBucket();
  const schedule = inMemorySchedule(bucket);
  const record = async (dueAt: string | null) => {
    const task = { ...mergeExpected(undefined, expected, { receivedAt: early, labels: {} }), dueAt };
    await bucket.write('tasks/task.json', JSON.stringify(task), { contentType: 'application/json' });
  };
  const markerTimes = async () => (await schedule.due(new Date('2030-01-01'))).map(({ dueAt }) => dueAt);
  return { bucket, schedule, record, markerTimes };
}

test('P3: the marker of a new due time is written before the old one is removed', async () => {
  const { bucket, schedule, record, markerTimes } = world();
  await schedule.put({ dueAt: early, task: 'task' });
  await record(late);

  const markers = createDueMarkers('task', { bucket, schedule });
  markers.retire(early);
  await markers.set(late);

  expect(await markerTimes()).toEqual([early, late]);
});

test('the marker of a new due time replaces the old one', async () => {
  const { bucket, schedule, record, markerTimes } = world();
  await schedule.put({ dueAt: early, task: 'task' });
  await record(late);

  const markers = createDueMarkers('task', { bucket, schedule });
  markers.retire(early);
  await markers.set(late);
  await markers.removeRetired();

  expect(await markerTimes()).toEqual([late]);
});

test('P3: a marker that another invocation sets while it is being removed exists afterwards', async () => {
  for (const isBefore of [true, false]) {
    const { bucket, schedule, record, markerTimes } = world();
    const { remove } = schedule;
    // The other invocation writes its record and then its marker, directly before or after the removal.
    const meanwhile = async (gone: readonly Marker[]) => {
      if (!isBefore) await remove(gone);
      await record(early);
      await schedule.put({ dueAt: early, task: 'task' });
      if (isBefore) await remove(gone);
    };
    await record(late);

    const markers = createDueMarkers('task', { bucket, schedule: { ...schedule, remove: meanwhile } });
    markers.retire(early);
    await markers.set(late);
    await markers.removeRetired();

    expect(await markerTimes()).toContain(early);
  }
});

test('a closed task keeps no marker of its own, and a marker that was not retired stays', async () => {
  const { bucket, schedule, record, markerTimes } = world();
  await schedule.put({ dueAt: early, task: 'task' });
  await record(null);

  const markers = createDueMarkers('task', { bucket, schedule });
  await markers.set(null);
  await markers.removeRetired();
  expect(await markerTimes()).toEqual([early]);
  markers.retire(early);
  await markers.set(null);
  await markers.removeRetired();

  expect(await markerTimes()).toEqual([]);
});

const receivedAt = '2026-11-01T00:00:00.000Z';
const open = mergeExpected(undefined, expected, { receivedAt, labels: {} });
const hoursBefore = (hours: number) => new Date(deadlineOf(open).getTime() - hours * 3_600_000);

test.each([
  [72, 72],
  [71.99, 71],
  [1, 1],
  [0.5, 0],
  [0, 0],
  // The last step runs shortly after the deadline; alarms compare the number of hours, so it never falls below 0.
  [-5, 0],
])('an open task %s hours before its deadline has %s full hours left', (hours, hoursLeft) => {
  expect(timeLeft(open, hoursBefore(hours))).toEqual({ hoursLeft });
  expect(riskOf(open, hoursBefore(hours))).toEqual({ hoursLeft });
});

test('a task is not at risk until three days before its deadline', () => {
  expect(riskOf(open, new Date(hoursBefore(72).getTime() - 1))).toBeNull();
});

test('a closed task is not at risk and has no time left to report', () => {
  const closed = { ...open, stages: [{ stage: 'complete' as const, code: 200, at: receivedAt }] };

  expect([timeLeft(closed, hoursBefore(1)), riskOf(closed, hoursBefore(1))]).toEqual([null, null]);
});
