import { expect, test } from 'vitest';
import { UnavailableError } from '../../../functions/domain/errors.ts';
import type { Log } from '../../../functions/ports.ts';
import { countTasks, isFullHour } from '../../../functions/sweeper/sweep.ts';

const never = new AbortController().signal;

test.each([
  ['2026-11-21T15:00:00Z', true],
  ['2026-11-21T15:00:59Z', true],
  ['2026-11-21T14:59:59Z', false],
  ['2026-11-21T15:01:00Z', false],
  ['2026-11-21T15:30:00Z', false],
  ['no time', false],
  [undefined, false],
])('of the minutes of an hour, %s is the one to count in: %s', (time, isIt) => {
  expect(isFullHour(time)).toBe(isIt);
});

test.each<[string, () => Promise<number>, Parameters<Log>]>([
  ['a number', async () => 7, ['info', 'tasks.open', { count: 7 }]],
  ['none', async () => 0, ['info', 'tasks.open', { count: 0 }]],
  [
    'a bucket that is down',
    async () => {
      throw new UnavailableError('S3 answered 503');
    },
    ['warn', 'tasks.uncounted', { detail: 'UnavailableError: S3 answered 503' }],
  ],
])('%s is logged in one line, and harms no other message', async (_, count, line) => {
  const lines: Parameters<Log>[] = [];

  await countTasks({ schedule: { countTasks: count }, log: (...told) => lines.push(told) }, { stopping: never });

  expect(lines).toEqual([line]);
});
