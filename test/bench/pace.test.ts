import { expect, test } from 'vitest';
import { createPace } from '../../bench/servers/pace.ts';

/** 1,000 bytes a second: a byte takes a millisecond. The clock moves only as it is told. */
function startConnection() {
  let nowMs = 0;
  const pace = createPace(1000, () => nowMs);
  const wait = (ms: number) => {
    nowMs += ms;
  };
  /** An answer whose bytes are sent as soon as they may be; how long it takes. */
  const answer = (...pieces: readonly number[]) => {
    const started = nowMs;
    pace.begin();
    for (const bytes of pieces) wait(pace.wait(bytes));
    return nowMs - started;
  };
  return { pace, wait, answer };
}

test('an answer takes as long as its bytes, from the first to the last', () => {
  const { answer } = startConnection();

  expect(answer(100, 100, 50)).toBe(250);
});

test('one answer after the other on a connection is no faster than one long one', () => {
  const { answer } = startConnection();

  expect([answer(100), answer(100), answer(100)]).toEqual([100, 100, 100]);
});

test('a pause between two answers makes the second no faster', () => {
  const { wait, answer } = startConnection();
  answer(100);
  wait(5000);

  expect(answer(100)).toBe(100);
});

test('a client that does not read for a while gains nothing by it', () => {
  const { pace, wait } = startConnection();
  pace.begin();
  wait(pace.wait(100));
  wait(5000);

  expect(pace.wait(100)).toBe(80);
});

test('a timer that wakes up late is made up for', () => {
  const { pace, wait } = startConnection();
  pace.begin();
  wait(pace.wait(100) + 5);

  expect(pace.wait(100)).toBe(95);
});

test('two answers at the same time share the pace', () => {
  const { pace } = startConnection();
  pace.begin();
  pace.begin();

  expect([pace.wait(100), pace.wait(100)]).toEqual([100, 200]);
});
