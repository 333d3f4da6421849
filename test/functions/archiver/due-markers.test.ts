// Markers of one task while two invocations work on it.
import { expect, test } from 'vitest';
import { createDueMarkers } from '../../../functions/archiver/due-markers.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Marker } from '../../../functions/domain/schedule-key.ts';
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
  const markers = async () => (await schedule.due(new Date('2030-01-01'))).map(({ dueAt }) => dueAt);
  return { bucket, schedule, record, markers };
}

test('P3: the marker of another due time is there before the old one goes', async () => {
  const { bucket, schedule, record, markers } = world();
  await schedule.put({ dueAt: early, task: 'task' });
  await record(late);

  const reschedule = createDueMarkers('task', { bucket, schedule });
  reschedule.isOver(early);
  await reschedule.to(late);

  expect(await markers()).toEqual([early, late]);
});

test('the marker of another due time takes the place of the old one', async () => {
  const { bucket, schedule, record, markers } = world();
  await schedule.put({ dueAt: early, task: 'task' });
  await record(late);

  const reschedule = createDueMarkers('task', { bucket, schedule });
  reschedule.isOver(early);
  await reschedule.to(late);
  await reschedule.clear();

  expect(await markers()).toEqual([late]);
});

test('P3: a marker that another invocation needs again while it is being removed is there in the end', async () => {
  for (const isBefore of [true, false]) {
    const { bucket, schedule, record, markers } = world();
    const { remove } = schedule;
    // The other one writes the record first and its marker after it, at the worst of all moments.
    const meanwhile = async (gone: readonly Marker[]) => {
      if (!isBefore) await remove(gone);
      await record(early);
      await schedule.put({ dueAt: early, task: 'task' });
      if (isBefore) await remove(gone);
    };
    await record(late);

    const reschedule = createDueMarkers('task', { bucket, schedule: { ...schedule, remove: meanwhile } });
    reschedule.isOver(early);
    await reschedule.to(late);
    await reschedule.clear();

    expect(await markers()).toContain(early);
  }
});

test('a closed task keeps no marker, and one that nothing was known of costs nothing', async () => {
  const { bucket, schedule, record, markers } = world();
  await schedule.put({ dueAt: early, task: 'task' });
  await record(null);

  const reschedule = createDueMarkers('task', { bucket, schedule });
  await reschedule.to(null);
  await reschedule.clear();
  expect(await markers()).toEqual([early]);
  reschedule.isOver(early);
  await reschedule.to(null);
  await reschedule.clear();

  expect(await markers()).toEqual([]);
});
