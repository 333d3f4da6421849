// The promises over whole lives of tasks: callbacks are dropped, repeated, reordered, delayed and damaged, hosts fail
// in turn, the provider is down now and then, and processes crash anywhere. A seed decides all of it.
import { expect, test } from 'vitest';
import { live, waysToBeWrong } from './world/life.ts';
import { wrongsOf } from './world/outcome.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

test.each(seeds)(
  'P3, P5: F50: whatever goes wrong, each task ends stored or closed with a reason (seed %d)',
  async (seed) => {
    const life = await live({ seed, tasks: 15 });

    expect(wrongsOf(life)).toEqual([]);
    expect(life.world.count.died).toBeGreaterThan(0);
  },
);

test.each(seeds.slice(0, 8))(
  'P9: whatever hosts answer for days, in %d and all other seeds, every task is archived in the end',
  async (seed) => {
    const life = await live({ seed, tasks: 15, isMild: true });

    expect(wrongsOf(life)).toEqual([]);
    expect(life.world.records().map(({ status }) => status)).toEqual(life.world.records().map(() => 'archived'));
    expect(waysToBeWrong).toBeGreaterThanOrEqual(25);
  },
);

test('P5: F03: all that was ever acknowledged, once more, changes nothing', async () => {
  const life = await live({ seed: 4, tasks: 15 });
  const before = life.world.library().map((key) => [key, life.world.bucket.objects.get(key)]);
  const records = life.world.records();

  for (const body of life.acknowledged) await life.world.post(body);
  await life.world.run();

  expect(life.world.library().map((key) => [key, life.world.bucket.objects.get(key)])).toEqual(before);
  expect(life.world.records()).toEqual(records);
  expect(wrongsOf(life)).toEqual([]);
});
