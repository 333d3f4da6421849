import { expect, test } from 'vitest';
import { watch } from '../../../room/library/watch.ts';

/** A watch on a clock that continues by itself with each wait, for `ticks` waits. */
async function watched(options: Options) {
  const { ticks, pages = 1, isWatched = true, failures = [], movingFailures = [], setBackMs = 0 } = options;
  const stop = new AbortController();
  const told: string[] = [];
  let at = 1_000_000;
  let left = ticks;
  await watch({
    library: {
      refresh: async () => {
        told.push('look');
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
      },
      refreshMoving: async () => {
        told.push('moving');
        const failure = movingFailures.shift();
        if (failure !== undefined) throw failure;
      },
      pages: () => pages,
      setTrouble: (words) => {
        if (words !== null) told.push(words);
      },
    },
    isWatched: () => isWatched,
    onLooked: async () => {
      told.push('saved');
    },
    adviceOn: (error) => `trouble: ${error instanceof Error ? error.message : error}`,
    now: () => new Date(at),
    wait: async (ms) => {
      at += ms;
      told.push(`${ms}`);
      if (told.length === 3) at -= setBackMs;
      if (--left === 0) stop.abort();
    },
    signal: stop.signal,
  });
  return told;
}
type Options = {
  ticks: number;
  pages?: number;
  isWatched?: boolean;
  failures?: Error[];
  movingFailures?: Error[];
  setBackMs?: number;
};

test('transfers are followed every two seconds, and the bucket is listed every three', async () => {
  const told = await watched({ ticks: 4 });

  expect(told.join(' ')).toBe('look saved 2000 moving 2000 look saved 2000 moving 2000');
});

test('a large bucket is listed more seldom: each page costs a request', async () => {
  const told = await watched({ ticks: 30, pages: 10 });

  expect(told.filter((each) => each === 'look')).toHaveLength(2);
});

test('no one watches: after the first look nothing is asked', async () => {
  const told = await watched({ ticks: 1_000, isWatched: false });

  expect(told.filter((each) => !/^\d+$/.test(each))).toEqual(['look', 'saved']);
});

test('a bucket that does not answer is reported with an explanation, and asked again after a rest', async () => {
  const told = await watched({ ticks: 3, failures: [new Error('down')] });

  expect(told.join(' ')).toBe('look trouble: down 10000 2000 look saved 2000');
});

test('after an error with one transfer the whole bucket is listed, however large it is', async () => {
  const told = await watched({ ticks: 4, pages: 100, movingFailures: [new Error('down')] });

  expect(told.join(' ')).toBe('look saved 2000 moving trouble: down 10000 2000 look saved 2000');
});

test('a clock that is set back by hours does not put off the next look by hours', async () => {
  const told = await watched({ ticks: 3, setBackMs: 3 * 3_600_000 });

  expect(told.join(' ')).toBe('look saved 2000 look saved 2000 moving 2000');
});
