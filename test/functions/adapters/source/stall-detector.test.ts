import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStallDetector } from '../../../../functions/adapters/source/failures.ts';

const idleMs = 30_000;
const minimumRate = 1_000;
/** The least number of bytes that may arrive in a window. */
const enough = 30_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  // Spies first: a spy that was set on a fake timer restores the fake one.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A host, and a reader that waits for it now and then. */
function startPace() {
  const pace = createStallDetector({ idleMs, minimumRate });
  const given: { code: string; message: string }[] = [];
  let received = 0;
  return {
    given,
    comes: (bytes: number) => {
      received += bytes;
    },
    wait() {
      const before = received;
      return pace.wait(
        () => received - before,
        ({ code, message }) => given.push({ code, message }),
      );
    },
  };
}

test('F31 stops a host that sends nothing for a whole window, and says how far it came', () => {
  const { wait, comes, given } = startPace();
  wait();
  comes(enough);

  vi.advanceTimersByTime(2 * idleMs - 1);
  expect(given).toEqual([]);
  vi.advanceTimersByTime(1);

  expect(given).toEqual([{ code: 'idle_timeout', message: 'nothing arrived for 30000 ms, after 30000 bytes' }]);
});

describe('F31 a host that sends', () => {
  test('a byte every five seconds is too slow', () => {
    const { wait, comes, given } = startPace();
    wait();

    for (let second = 0; second < 30; second += 5) {
      comes(1);
      vi.advanceTimersByTime(5_000);
    }

    expect(given).toEqual([{ code: 'too_slow', message: 'only 6 bytes arrived in 30000 ms, of 6' }]);
  });

  test('one byte less than the least is too slow', () => {
    const { wait, comes, given } = startPace();
    wait();
    comes(enough - 1);

    vi.advanceTimersByTime(idleMs);

    expect(given).toMatchObject([{ code: 'too_slow' }]);
  });

  test('just the least, window after window, is borne', () => {
    const { wait, comes, given } = startPace();
    wait();

    for (let window = 0; window < 100; window++) {
      comes(enough);
      vi.advanceTimersByTime(idleMs);
    }

    expect(given).toEqual([]);
  });
});

test('the time in which no one waits is not held against the host', () => {
  const { wait, comes, given } = startPace();

  for (let read = 0; read < 10; read++) {
    const end = wait();
    vi.advanceTimersByTime(1_000);
    comes(1_000);
    end();
    vi.advanceTimersByTime(10 * idleMs);
  }

  expect(given).toEqual([]);
});

test('many short waits make a window as one long wait does', () => {
  const { wait, comes, given } = startPace();

  for (let read = 0; read < 29; read++) {
    const end = wait();
    vi.advanceTimersByTime(1_000);
    comes(999);
    end();
  }
  expect(given).toEqual([]);
  wait();
  vi.advanceTimersByTime(1_000);

  expect(given).toMatchObject([{ code: 'too_slow' }]);
});

test('what came while no one waited counts for the wait in which it is read', () => {
  const { wait, comes, given } = startPace();
  wait()();
  vi.advanceTimersByTime(10 * idleMs);

  const end = wait();
  comes(enough);
  vi.advanceTimersByTime(idleMs);
  end();

  expect(given).toEqual([]);
});

test('leaves no timer behind, neither after a wait nor after a host was given up', () => {
  const { wait } = startPace();

  wait()();
  expect(vi.getTimerCount()).toBe(0);
  const end = wait();
  vi.advanceTimersByTime(idleMs);
  end();

  expect(vi.getTimerCount()).toBe(0);
});

test('sets one timer for a window, however much comes in it', () => {
  const { wait, comes } = startPace();
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const end = wait();

  for (let chunk = 0; chunk < 1_000; chunk++) {
    comes(enough);
    vi.advanceTimersByTime(idleMs / 1_000);
  }
  end();

  expect(timers).toHaveBeenCalledTimes(2);
});

test('without a least rate, a single byte in a window is enough', () => {
  const pace = createStallDetector({ idleMs, minimumRate: 0 });
  const given: unknown[] = [];
  let received = 0;
  pace.wait(
    () => received,
    (error) => given.push(error),
  );

  received = 1;
  vi.advanceTimersByTime(idleMs);
  expect(given).toEqual([]);
  vi.advanceTimersByTime(idleMs);

  expect(given).toHaveLength(1);
});
