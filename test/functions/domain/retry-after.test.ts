import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../../functions/domain/retry-after.ts';

const now = new Date('2026-11-20T10:00:00.000Z');
const hours = 3_600_000;

describe('F36: what a host asks for is read', () => {
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['0.5', 500],
    ['43200', 12 * hours],
    ['Fri, 20 Nov 2026 10:30:00 GMT', hours / 2],
    ['Friday, 20-Nov-26 10:30:00 GMT', hours / 2],
    ['Fri Nov 20 10:30:00 2026', hours / 2],
  ])('%j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});

describe('F36: what is absurd is clamped to 0 to 12 hours', () => {
  test.each([
    ['-1', 0],
    ['-999999999999999999999', 0],
    ['43201', 12 * hours],
    ['999999999999999999999', 12 * hours],
    ['9'.repeat(400), 12 * hours],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Fri, 20 Nov 2026 09:59:59 GMT', 0],
    ['Fri, 20 Nov 2026 22:00:01 GMT', 12 * hours],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 12 * hours],
    ['Wed Nov  4 10:30:00 2026', 0],
  ])('%j', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });
});

describe('F36: what is neither a number nor a date says nothing', () => {
  test.each([
    undefined,
    '',
    ' ',
    'soon',
    'NaN',
    'Infinity',
    '1e3',
    '0x10',
    '12 s',
    'in 5 minutes',
    '120, 240',
    '2026-11-20T10:30:00Z',
    'Fri, 20 Foo 2026 10:30:00 GMT',
    'Fri, 20 Nov 2026 10:30:00 CET',
    'Fri, 20 Nov 2026 25:61:00 GMT',
  ])('%j', (header) => {
    expect(retryAfterMs(header, now)).toBeNull();
  });
});

test('F36: whatever a host sends, it is never waited for longer than 12 hours', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.double().map(String), fc.date().map(String));
  const dates = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString());
  fc.assert(
    fc.property(fc.oneof(anything, dates), (header) => {
      const ms = retryAfterMs(header, now);

      expect(ms === null || (ms >= 0 && ms <= 12 * hours)).toBe(true);
    }),
  );
});
