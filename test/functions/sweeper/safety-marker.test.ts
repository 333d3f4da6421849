import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laterMarker } from '../../../functions/sweeper/sweep.ts';

const hourMs = 3_600_000;
const noon = Date.parse('2026-11-20T12:00:00Z');
const due = (seconds: number) => ({ dueAt: new Date(noon + seconds * 1000).toISOString(), task: 'task' });

test.each([
  ['in time', 30, '2026-11-20T18:00:30.000Z'],
  ['to the second', 0, '2026-11-20T18:00:00.000Z'],
  ['a little late', -1, '2026-11-20T18:59:59.000Z'],
  ['after two days', -2 * 86_400 + 5, '2026-11-20T18:00:05.000Z'],
])('a marker that is swept %s has a later one in six to seven hours', (_, seconds, dueAt) => {
  expect(laterMarker(due(seconds), new Date(noon))).toEqual({ task: 'task', dueAt });
});

test('sweeps of one marker, made again within an hour, have one later marker between them, or two', () => {
  const within = (most: number) => fc.integer({ min: 0, max: most });

  fc.assert(
    fc.property(within(86_400), fc.array(within(hourMs - 1), { minLength: 1 }), (age, sweeps) => {
      const later = sweeps.map((ms) => laterMarker(due(-age), new Date(noon + ms)).dueAt);

      expect(new Set(later).size).toBeLessThanOrEqual(2);
      for (const [index, ms] of sweeps.entries()) {
        const ahead = Date.parse(later[index] ?? '') - noon - ms;
        expect(ahead).toBeGreaterThanOrEqual(6 * hourMs);
        expect(ahead).toBeLessThan(7 * hourMs);
      }
    }),
  );
});
