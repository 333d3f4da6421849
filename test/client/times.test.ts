import { expect, test } from 'vitest';
import { formatDuration, formatInstant, hoursBetween } from '../../client/times.ts';

const hour = 3_600_000;

test.each([
  [59_999, '0 min'],
  [2 * hour - 1, '119 min'],
  [2 * hour, '2 h'],
  [96 * hour - 1, '95 h'],
  [96 * hour, '4 days'],
])('%i ms are %s, and never more than there is', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test('an instant is printed in UTC, and says so', () => {
  expect(formatInstant('2026-11-20T18:04:59.999Z')).toBe('2026-11-20 18:04 UTC');
});

test('hours are printed in tenths', () => {
  expect(hoursBetween(new Date(0), new Date(1.26 * hour))).toBe(1.3);
});
