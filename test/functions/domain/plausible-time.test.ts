import { expect, test } from 'vitest';
import { plausibleTime } from '../../../functions/domain/plausible-time.ts';

const now = new Date('2026-11-20T10:00:00.000Z');

test.each([
  ['just now', '2026-11-20T09:59:59.000Z'],
  ['weeks ago, as in a replay', '2026-10-01T00:00:00.000Z'],
  ['on the first day of the project', '2025-01-01T00:00:00.000Z'],
  ['by a clock that is a day ahead', '2026-11-21T10:00:00.000Z'],
])('P9: a callback that was received %s keeps its time', (_, at) => {
  expect(plausibleTime(at, now)).toBe(at);
});

test.each([
  ['starts in 1970', '1970-01-01T00:00:12.000Z'],
  ['is from before the project', '2024-12-31T23:59:59.999Z'],
  ['is more than a day ahead', '2026-11-21T10:00:00.001Z'],
  ['says 2099', '2099-01-01T00:00:00.000Z'],
  ['says no time', 'yesterday'],
])('P9: a clock that %s sets no deadline: the present time is used', (_, at) => {
  expect(plausibleTime(at, now)).toBe(now.toISOString());
});

test.each(['2026-11-20T09:59:59.000Z', '2099-01-01T00:00:00.000Z', '1970-01-01T00:00:12.000Z'])(
  'a wrong clock of our own gives no reason to doubt %s',
  (at) => {
    expect(plausibleTime(at, new Date(0))).toBe(at);
  },
);

test('a time that was corrected is not corrected again', () => {
  const corrected = plausibleTime('2099-01-01T00:00:00.000Z', now);

  expect(plausibleTime(corrected, new Date(now.getTime() + 14 * 24 * 3_600_000))).toBe(corrected);
});
