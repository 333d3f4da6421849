import { describe, expect, test } from 'vitest';
import { bytesText, clock, dayText, fromNow, hoursLeftText } from '../../../room/page/wording.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000).toISOString();

test.each([
  [0, '0:00'],
  [59.6, '1:00'],
  [125, '2:05'],
  [3725, '1:02:05'],
  [Number.NaN, '0:00'],
])('formats %d seconds as a clock', (seconds, words) => {
  expect(clock(seconds)).toBe(words);
});

test.each([
  ['2026-11-21', 'Today, Saturday 21 November 2026'],
  ['2026-11-20', 'Yesterday, Friday 20 November 2026'],
  ['2026-11-19', 'Thursday 19 November 2026'],
  ['no day', 'no day'],
])('formats %s as a day of UTC', (day, words) => {
  expect(dayText(day, now)).toBe(words);
});

describe('fromNow', () => {
  test.each([
    [0.5, 'within a minute'],
    [-0.5, 'just now'],
    [22, 'in 22 minutes'],
    [120, 'in 2 hours'],
    [47 * 60, 'in 47 hours'],
    [72 * 60, 'in 3 days'],
  ])('formats a time %d minutes away', (count, words) => {
    expect(fromNow(minutes(count), now)).toBe(words);
  });
});

test.each([
  [0.9, 'less than an hour left'],
  [1.9, '1 hour left'],
  [71.9, '71 hours left'],
  [72, '3 days left'],
])('never rounds %d hours up', (hours, words) => {
  expect(hoursLeftText(hours)).toBe(words);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1500, '1.5 kB'],
  [123_456_789, '123 MB'],
])('formats %d bytes in a suitable unit', (bytes, words) => {
  expect(bytesText(bytes)).toBe(words);
});
