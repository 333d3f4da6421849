import { expect, test } from 'vitest';
import { atOnce } from '../../../infra/cli/at-once.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('each item is worked on once, and never more of them at a time than asked for', async () => {
  const seen: number[] = [];
  let running = 0;
  let most = 0;

  await atOnce([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await turn();
    running--;
    seen.push(item);
  });

  expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('after a failure nothing new is begun', async () => {
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    if (item === 2) throw new Error('no');
    await turn();
  };

  await expect(atOnce([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('no');
  await turn();
  await turn();

  expect(begun).toEqual([1, 2]);
});

test('of nothing nothing is done', async () => {
  await expect(atOnce([], 4, () => Promise.reject(new Error('no')))).resolves.toBeUndefined();
});
