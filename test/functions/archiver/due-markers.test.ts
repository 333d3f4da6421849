// When a task is due, and its markers while two invocations advance it.
import { expect, test } from 'vitest';
import { createDueMarkers, refusedAssets, riskOf, timeLeft, withDue } from '../../../functions/archiver/due-markers.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Asset } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';
import type { Marker } from '../../../functions/domain/schedule.ts';
import { deadlineOf } from '../../../functions/domain/task-state.ts';
import { policyOf } from '../../doubles/archiver-policy.ts';
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

const time = (text: string) => new Date(`2026-11-${text}:00.000Z`);
const failingSince = time('03T00:00').toISOString();
const refusedFile = (more: Partial<Asset> = {}): Asset => ({
  ...openAsset({
    ...{ kind: 'audio', trackId: 'a', name: '' },
    sources: [{ url: 'https://h.example/a', field: 'audio_url', stage: 'complete', confirmed: false }],
  }),
  ...{ path: 'library/a', failingSince, nextDueAt: time('03T11:00').toISOString(), ...more },
});
const complete = (assets: Asset[]) => ({
  ...{ ...open, stages: [{ stage: 'complete' as const, code: 200, at: receivedAt }], assets },
});
const dueAt = (assets: Asset[], now: Date) => withDue(complete(assets), policyOf(), now).dueAt;

test('P9: a file that every source refuses wakes its task six hours after the first refusal, to be announced', () => {
  expect(dueAt([refusedFile()], time('03T05:00'))).toBe(time('03T06:00').toISOString());
  expect(dueAt([refusedFile()], time('03T06:00'))).toBe(time('03T11:00').toISOString());
  expect(refusedAssets(complete([refusedFile()]), time('03T05:59'))).toEqual([]);
  expect(refusedAssets(complete([refusedFile()]), time('03T06:00'))).toHaveLength(1);
});

test('a cover that every source refuses beside a stored song wakes its task only for its next attempt', () => {
  const stored = refusedFile({ state: 'stored', failingSince: null, nextDueAt: null });
  const cover = refusedFile({ kind: 'image' });

  expect(dueAt([stored, cover], time('03T05:00'))).toBe(time('03T11:00').toISOString());
  expect(refusedAssets(complete([stored, cover]), time('03T12:00'))).toEqual([]);
});

test('an archived task is due when a suspect file is fetched again', () => {
  const stored = { state: 'stored', failingSince: null } as const;

  expect(dueAt([refusedFile({ ...stored, suspect: 'it is 3.0 s long' })], time('03T05:00'))).toBe(
    time('03T11:00').toISOString(),
  );
  expect(dueAt([refusedFile({ ...stored, nextDueAt: null })], time('03T05:00'))).toBeNull();
});

test.each(['1970-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'])(
  'P9: a task first seen by a clock that said %s has its deadline 14 days from now',
  (firstSeenAt) => {
    const now = time('03T05:00');
    const record = withDue({ ...complete([refusedFile()]), firstSeenAt }, policyOf(), now);

    expect(record.firstSeenAt).toBe(now.toISOString());
    expect([deadlineOf(record).toISOString(), record.assets[0]?.deadline]).toEqual([
      time('17T05:00').toISOString(),
      time('17T05:00').toISOString(),
    ]);
  },
);
