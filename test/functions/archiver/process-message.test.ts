// What happens to a message that could not be processed.

import { expect, test } from 'vitest';
import { processMessage, signalsFor } from '../../../functions/archiver/process-message.ts';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import { encodeCallback, encodeMessage } from '../../../functions/domain/message.ts';
import { type Marker, scheduleKey } from '../../../functions/domain/schedule.ts';
import { policyOf } from '../../doubles/archiver-policy.ts';
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

/** `error`: thrown by every call to the bucket. `markers`: exist beforehand. */
async function process(body: string | null, receiveCount: number, error?: Error, markers: readonly Marker[] = []) {
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
      policy: policyOf(),
      wakeQueue: { send: async () => undefined },
      log: (level, event, fields) => void lines.push({ level, event, fields }),
    },
  );
  return { minutes: isDone ? 'done' : afterMs / 60_000, lines, bucket: inner };
}

const down = new UnavailableError('S3 answered 403 AccessDenied to GetObject');

test('F49: a callback is retried less and less often while the bucket refuses requests', async () => {
  const waits: (number | string)[] = [];
  for (const receives of [1, 2, 3, 4, 5, 6, 30]) waits.push((await process(callback, receives, down)).minutes);

  expect(waits).toEqual([1, 5, 30, 120, 360, 690, 690]);
});

test('F53: an outage of fourteen days takes fewer receives than the dead-letter queue needs', async () => {
  const { queueLimits } = await import('../../../infra/shared-settings.ts');
  let receives = 0;
  for (let minutes = 0; minutes < 14 * 24 * 60; )
    minutes += Number((await process(callback, ++receives, down)).minutes);

  expect(receives).toBeLessThan(queueLimits.maxReceiveCount);
});

test('a callback that our own code fails on is retried every minute, so that it reaches the dead-letter queue soon', async () => {
  const { minutes, lines } = await process(callback, 7, new TypeError('x is not a function'));

  expect(minutes).toBe(1);
  expect(lines).toMatchObject([{ level: 'error', event: 'archiver.failed', fields: { type: 'callback' } }]);
});

test('P3: a wake message that failed four times is dropped, because the marker still exists', async () => {
  const waits: (number | string)[] = [];
  for (const receives of [1, 2, 3, 4]) waits.push((await process(wake, receives, down)).minutes);

  expect(waits).toEqual([1, 5, 30, 'done']);
});

test('a wake message for a task without a record is done, and its marker is removed', async () => {
  const later = { ...marker, task: 'task2' };
  const { minutes, bucket } = await process(wake, 1, undefined, [marker, later]);

  expect(minutes).toBe('done');
  expect(bucket.keys()).toEqual([scheduleKey(later)]);
});

test('P2: a body that is no message of this project is stored like an unrecognised callback', async () => {
  const { minutes, bucket } = await process('hello', 1);

  expect(minutes).toBe('done');
  expect(bucket.keys()).toEqual(['callbacks/unrecognised/2cf24dba5fb0a30e.json']);
});

test('a message of a later version is stored, and not parsed as a callback', async () => {
  const { bucket } = await process('{"schemaVersion":2,"type":"wake","task":"t"}', 1);

  expect(bucket.keys()).toEqual([expect.stringMatching(/^callbacks\/unrecognised\//)]);
});

test.each([900_000, 59_999, 1_501, 1, 0.5, 0, -3])('an invocation with %d ms left gets both signals', (leftMs) => {
  const { stopping, signal } = signalsFor(leftMs);

  expect([stopping, signal]).toEqual([expect.any(AbortSignal), expect.any(AbortSignal)]);
});

test('`stopping` aborts before `signal` does', async () => {
  const { stopping, signal } = signalsFor(40);
  const order: string[] = [];
  await Promise.all(
    Object.entries({ signal, stopping }).map(
      ([name, one]) =>
        new Promise<void>((done) => {
          one.addEventListener('abort', () => {
            order.push(name);
            done();
          });
        }),
    ),
  );

  expect(order).toEqual(['stopping', 'signal']);
});
