import { expect, test } from 'vitest';
import { waitUntil } from '../../../../cli/doctor/task/test-task.ts';

test('after an interruption nothing more is polled, although the wait ends at once', async () => {
  const interruption = new AbortController();
  let looks = 0;
  const look = async () => {
    looks += 1;
    interruption.abort();
    return undefined;
  };
  // Of a clock that does not move on by itself: only the signal ends this.
  const waiting = { now: () => new Date(looks), wait: async () => {}, signal: interruption.signal };

  await expect(waitUntil(look, 100, waiting)).rejects.toThrow('aborted');
  expect(looks).toBe(1);
});
