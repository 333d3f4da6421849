import { describe, expect, test } from 'vitest';
import { pollDelayMs, requeueDelayMs, retryDelayMs } from '../../../functions/domain/schedule.ts';

const minutes = (ms: number) => ms / 60_000;

test('retries are 1 and 5 minutes, half an hour, 2 and 6 hours apart, then 12 hours', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => minutes(retryDelayMs(attempts, 0, 0)));

  expect(waits).toEqual([1, 1, 5, 30, 120, 360, 720, 720, 720]);
});

test('no wait is shorter than its step, and none is longer by more than a fifth', () => {
  expect([0, 0.25, 1].map((jitter) => minutes(retryDelayMs(3, jitter, 0)))).toEqual([30, 31.5, 36]);
});

describe('a provider', () => {
  test('is polled every 30 seconds for five minutes, then every 5, then every 30, then every 6 hours', () => {
    const waits = [1, 10, 11, 22, 23, 34, 35, 500].map((asked) => minutes(pollDelayMs(asked, 0)));

    expect(waits).toEqual([0.5, 0.5, 5, 5, 30, 30, 360, 360]);
  });

  test('F59: that is down or throttles polls is polled again after 5 minutes, or after its Retry-After, up to 12 hours', () => {
    const wait = (retryAfterMs: number | null) => minutes(pollDelayMs(1, 0, { outcome: 'unavailable', retryAfterMs }));

    expect([null, 1_000, 3_600_000, 9e15].map(wait)).toEqual([5, 5, 60, 720]);
  });

  test('F59: that does not accept the key is polled once an hour at most', () => {
    expect(minutes(pollDelayMs(1, 0, { outcome: 'refused', retryAfterMs: null }))).toBe(60);
  });
});

test('a message that cannot be processed is never hidden for longer than SQS allows', () => {
  const waits = [1, 2, 3, 4, 5, 6, 99].map((receives) => minutes(requeueDelayMs(receives)));

  expect(waits).toEqual([1, 5, 30, 120, 360, 690, 690]);
});
