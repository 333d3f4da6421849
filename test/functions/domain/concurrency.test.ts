import { expect, test } from 'vitest';
import { forEachConcurrent, settleAll } from '../../../functions/domain/concurrency.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('each item is worked on once, and never more of them at a time than the limit', async () => {
  const seen: number[] = [];
  let running = 0;
  let most = 0;

  await forEachConcurrent([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++running);
    await turn();
    running--;
    seen.push(item);
  });

  expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('after a failure no new item is started, and the failure is thrown once the started ones have ended', async () => {
  const log: string[] = [];
  const work = async (item: number) => {
    log.push(`start ${item}`);
    if (item === 2) throw new Error('no');
    await turn();
    log.push(`end ${item}`);
  };

  await expect(forEachConcurrent([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow('no');

  expect(log).toEqual(['start 1', 'start 2', 'end 1']);
});

test('new items are started until as many have failed as may fail, and the first failure is thrown', async () => {
  const started: number[] = [];
  const work = async (item: number) => {
    started.push(item);
    await turn();
    if (item % 2 === 0) throw new Error(`no ${item}`);
  };

  await expect(forEachConcurrent([1, 2, 3, 4, 5, 6, 7], 1, work, { maxFailures: 2 })).rejects.toThrow('no 2');

  expect(started).toEqual([1, 2, 3, 4]);
});

test('once the signal is aborted no new item is started, and that is no failure', async () => {
  const stop = new AbortController();
  const started: number[] = [];
  const work = async (item: number) => {
    started.push(item);
    if (item === 2) stop.abort();
    await turn();
  };

  await forEachConcurrent([1, 2, 3, 4], 2, work, { signal: stop.signal });

  expect(started).toEqual([1, 2]);
});

test('without items there is no work', async () => {
  await expect(forEachConcurrent([], 4, () => Promise.reject(new Error('no')))).resolves.toBeUndefined();
});

test('a failure is thrown only after all that was running has ended', async () => {
  let ended = false;
  const slow = turn().then(() => {
    ended = true;
  });

  await expect(settleAll([Promise.reject(new Error('no')), slow])).rejects.toThrow('no');

  expect(ended).toBe(true);
});
