import { expect, test } from 'vitest';
import { riskOf, timeLeft } from '../../../functions/archiver/due.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import { deadlineOf } from '../../../functions/domain/task-state.ts';

const receivedAt = '2026-11-01T00:00:00.000Z';
const expected = { provider: 'kie.ai', kind: 'music', taskId: 'task' } as const;
const open = mergeExpected(undefined, expected, { receivedAt, labels: {} });
const hoursBefore = (hours: number) => new Date(deadlineOf(open).getTime() - hours * 3_600_000);

test.each([
  [72, 72],
  [71.99, 71],
  [1, 1],
  [0.5, 0],
  [0, 0],
  // Its last step comes a little after the deadline: the alarms ring at so many hours, and never at less than none.
  [-5, 0],
])('what is open %s hours before its deadline has %s whole hours left', (hours, hoursLeft) => {
  expect(timeLeft(open, hoursBefore(hours))).toEqual({ hoursLeft });
  expect(riskOf(open, hoursBefore(hours))).toEqual({ hoursLeft });
});

test('three days and a moment before its deadline nothing is at risk', () => {
  expect(riskOf(open, new Date(hoursBefore(72).getTime() - 1))).toBeNull();
});

test('what is closed has no deadline to miss', () => {
  const closed = { ...open, stages: [{ stage: 'complete' as const, code: 200, at: receivedAt }] };

  expect([timeLeft(closed, hoursBefore(1)), riskOf(closed, hoursBefore(1))]).toEqual([null, null]);
});
