import { expect, test } from 'vitest';
import { redrive } from '../../../cli/commands/redrive.ts';
import type { DeadLetters, RedriveMove } from '../../../client/target.ts';

/** SQS takes its time: each look at the move finds the next of these; the last one stays. */
function slowDeadLetters(moves: (RedriveMove | undefined)[], count = 1) {
  let started = 0;
  const deadLetters: DeadLetters = {
    count: async () => count,
    startMove: async () => {
      started++;
    },
    lastMove: async () => (moves.length > 1 ? moves.shift() : moves[0]),
  };
  return { deadLetters, started: () => started };
}

const running = (moved: number, toMove: number | null = 5): RedriveMove => ({
  startedAt: 2,
  isRunning: true,
  moved,
  toMove,
  failure: null,
});
const over = (moved: number, failure: string | null = null): RedriveMove => ({
  ...running(moved),
  isRunning: false,
  failure,
});
const earlier = { ...over(9, 'long ago'), startedAt: 1 };

function tools() {
  const drawn: [number, number | undefined][] = [];
  const shown = { update: (done: number, total?: number) => drawn.push([done, total]), end: () => {} };
  let waitedMs = 0;
  const wait = async (ms: number) => {
    waitedMs += ms;
  };
  return { shown, drawn, wait, waitedMs: () => waitedMs };
}

test('is watched to its end, and shown', async () => {
  const { deadLetters, started } = slowDeadLetters([undefined, undefined, running(0), running(3), over(5)]);
  const { shown, drawn, wait } = tools();

  expect(await redrive({ deadLetters, shown, wait })).toBe(5);

  expect(started()).toBe(1);
  expect(drawn).toEqual([
    [0, 5],
    [3, 5],
    [5, 5],
  ]);
});

test('one that is under way already is watched, and no other begun', async () => {
  const { deadLetters, started } = slowDeadLetters([running(1), running(2), over(5)]);

  expect(await redrive({ deadLetters, ...tools() })).toBe(5);
  expect(started()).toBe(0);
});

test('one that ended earlier keeps no new one from beginning, and is not taken for it', async () => {
  const { deadLetters, started } = slowDeadLetters([earlier, earlier, running(1), over(2)]);

  expect(await redrive({ deadLetters, ...tools() })).toBe(2);
  expect(started()).toBe(1);
});

test('nothing is begun for an empty queue', async () => {
  const { deadLetters, started } = slowDeadLetters([undefined], 0);

  expect(await redrive({ deadLetters, ...tools() })).toBe(0);
  expect(started()).toBe(0);
});

test('a failed one is reported with the number of messages it moved', async () => {
  const { deadLetters } = slowDeadLetters([undefined, over(2, 'AccessDenied')]);

  await expect(redrive({ deadLetters, ...tools() })).rejects.toThrow('SQS moved 2 messages and stopped: AccessDenied');
});

test('the wait ends where nothing moves any more, and not while something does', async () => {
  const moves = Array.from({ length: 900 }, (_, index) => running(Math.floor(index / 200), null));
  const { deadLetters } = slowDeadLetters(moves);
  const { shown, wait, waitedMs } = tools();

  await expect(redrive({ deadLetters, shown, wait })).rejects.toThrow('moved nothing for 5 minutes');
  expect(waitedMs()).toBeGreaterThan(900_000);
});
