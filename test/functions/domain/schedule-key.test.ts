import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keySafeTaskId } from '../../../functions/domain/object-key.ts';
import { type Marker, markerOf, markerTime, scheduleKey } from '../../../functions/domain/schedule.ts';

const aTime = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
  .map(markerTime);
const aMarker: fc.Arbitrary<Marker> = fc.record({
  dueAt: aTime,
  task: fc.oneof(fc.uuid(), fc.string({ unit: 'binary', minLength: 1 })).map(keySafeTaskId),
});

test('a marker is an empty object whose name says when and which task', () => {
  const marker = { dueAt: '2026-11-20T18:04:11.000Z', task: '2fac5d0e-1.x_Y' };

  expect(scheduleKey(marker)).toBe('schedule/20261120T180411Z/2fac5d0e-1.x_Y');
});

test('a marker can be read from its key for any task id', () => {
  fc.assert(
    fc.property(aMarker, (marker) => {
      expect(markerOf(scheduleKey(marker))).toEqual(marker);
    }),
  );
});

test('keys sort as their times do', () => {
  const sign = (one: string, other: string) => (one < other ? -1 : Number(one > other));

  fc.assert(
    fc.property(aMarker, aMarker, (one, other) => {
      fc.pre(one.dueAt !== other.dueAt);
      expect(sign(scheduleKey(one), scheduleKey(other))).toBe(sign(one.dueAt, other.dueAt));
    }),
  );
});

test.each([
  'schedule/',
  'schedule/20261120T180411Z/',
  'schedule/20261120T180411Z',
  'schedule/20261120T180411Z/a/b',
  'schedule/20261120T180411Z/a b',
  'schedule/20261120T180411Z/ä',
  'schedule/20261120T180411Z/a\n',
  `schedule/20261120T180411Z/${'a'.repeat(129)}`,
  'schedule/20261120T180411/a',
  'schedule/20261120T180411.5Z/a',
  'schedule/2026-11-20T18:04:11Z/a',
  'schedule/20261320T180411Z/a',
  'schedule/20261120T186011Z/a',
  'schedule/20261120T180460Z/a',
  'schedule/20260231T180411Z/a',
  'schedule/20261120T240000Z/a',
  'schedule/20261120T180411Z/..',
  'tasks/20261120T180411Z/a',
  'x/schedule/20261120T180411Z/a',
  '/schedule/20261120T180411Z/a',
])('a foreign key is no marker: %j', (key) => {
  expect(markerOf(key)).toBeUndefined();
});

test("a marker's time is rounded up to a full second, so that it is not due too early", () => {
  expect(markerTime('2026-11-20T18:04:11.000Z')).toBe('2026-11-20T18:04:11.000Z');
  expect(markerTime(new Date('2026-11-20T18:04:11.001Z'))).toBe('2026-11-20T18:04:12.000Z');
  expect(markerTime(Date.parse('2026-12-31T23:59:59.999Z'))).toBe('2027-01-01T00:00:00.000Z');
});
