// What becomes of a message that could not be worked off.
import { expect, test } from 'vitest';
import { processMessage } from '../../../functions/archiver/process-message.ts';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import { encodeCallback, encodeMessage } from '../../../functions/domain/message.ts';
import { type Marker, scheduleKey } from '../../../functions/domain/schedule-key.ts';
import { inMemoryBucket } from '../../doubles/in-memory-bucket.ts';
import { inMemoryEventBus } from '../../doubles/in-memory-event-bus.ts';
import { inMemorySchedule } from '../../doubles/in-memory-schedule.ts';

const now = new Date('2026-11-20T10:00:00.000Z');
const callback = encodeCallback({
  receivedAt: now.toISOString(),
  labels: {},
  body: Buffer.from(JSON.stringify({ code: 501, data: { callbackType: 'error', task_id: 'task', data: null } })),
});
const marker: Marker = { dueAt: '2026-11-20T16:00:00.000Z', task: 'task' };
const wake = encodeMessage({ type: 'wake', task: 'task', marker: marker.dueAt });

/** `error`: what every call of the bucket ends with. `markers`: what stands there before. */
async function runUntilIdle(body: string | null, receiveCount: number, error?: Error, markers: readonly Marker[] = []) {
  const lines: { level: string; event: string; fields: unknown }[] = [];
  const inner = inMemoryBucket();
  for (const one of markers) await inner.write(scheduleKey(one), '', { contentType: 'binary/octet-stream' });
  const fails = async () => {
    throw error;
  };
  const bucket = error === undefined ? inner : { ...inner, read: fails, write: fails };
  let afterMs = Number.NaN;
  const returnToQueue = async (ms: number) => {
    afterMs = ms;
  };
  const isDone = await processMessage(
    { messageId: 'm', body: body ?? '', sentAt: now, receiveCount, returnToQueue },
    900_000,
    {
      ...{ bucket, schedule: inMemorySchedule(inner), clock: { now: () => now }, random: () => 0 },
      transfer: () => Promise.reject(new Error('nothing is to be fetched')),
      provider: { ask: async () => ({ outcome: 'refused', detail: '', refusal: null }), freshLink: async () => null },
      ...{ bus: inMemoryEventBus(), origin: { stack: 'test', bucket: 'music' } },
      policy: { canAsk: false, confirm: false },
      log: (level, event, fields) => void lines.push({ level, event, fields }),
    },
  );
  return { minutes: isDone ? 'done' : afterMs / 60_000, lines, bucket: inner };
}

const down = new UnavailableError('S3 answered 403 AccessDenied to GetObject');

test('F49: a callback comes back ever later while the bucket refuses, and is in no hurry to the dead-letter queue', async () => {
  const waits: (number | string)[] = [];
  for (const receives of [1, 2, 3, 4, 5, 6, 30]) waits.push((await runUntilIdle(callback, receives, down)).minutes);

  expect(waits).toEqual([1, 5, 30, 120, 360, 690, 690]);
});

test('F53: fourteen days of an outage are fewer receives than lead to the dead-letter queue', async () => {
  const { queueLimits } = await import('../../../infra/limits.ts');
  let receives = 0;
  for (let minutes = 0; minutes < 14 * 24 * 60; )
    minutes += Number((await runUntilIdle(callback, ++receives, down)).minutes);

  expect(receives).toBeLessThan(queueLimits.maxReceiveCount);
});

test('a callback on which the code itself fails comes back each minute, so that a person finds it among the dead letters soon', async () => {
  const { minutes, lines } = await runUntilIdle(callback, 7, new TypeError('x is not a function'));

  expect(minutes).toBe(1);
  expect(lines).toMatchObject([{ level: 'error', event: 'archiver.failed', fields: { type: 'callback' } }]);
});

test('P3: a wake that failed four times is let go, for its marker brings the task back', async () => {
  const waits: (number | string)[] = [];
  for (const receives of [1, 2, 3, 4]) waits.push((await runUntilIdle(wake, receives, down)).minutes);

  expect(waits).toEqual([1, 5, 30, 'done']);
});

test('a wake of a task that has no record is done, and its marker goes', async () => {
  const later = { ...marker, task: 'task2' };
  const { minutes, bucket } = await runUntilIdle(wake, 1, undefined, [marker, later]);

  expect(minutes).toBe('done');
  expect(bucket.keys()).toEqual([scheduleKey(later)]);
});

test('P2: what is no message of ours is kept like a callback that nobody understands', async () => {
  const { minutes, bucket } = await runUntilIdle('hello', 1);

  expect(minutes).toBe('done');
  expect(bucket.keys()).toEqual(['callbacks/unrecognised/2cf24dba5fb0a30e.json']);
});

test('a message of a later version is kept, and not taken for a callback', async () => {
  const { bucket } = await runUntilIdle('{"schemaVersion":2,"type":"wake","task":"t"}', 1);

  expect(bucket.keys()).toEqual([expect.stringMatching(/^callbacks\/unrecognised\//)]);
});
