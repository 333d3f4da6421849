import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../../functions/adapters/aws/retry.ts';

test.each([
  [1, 0.5, 100],
  [2, 0.5, 200],
  [5, 0.5, 1600],
  [20, 0.5, 2500],
  [20, 0, 0],
])('after attempt %i, at %f of what the jitter allows, the wait is %i ms', (attempt, share, ms) => {
  expect(retryDelayMs(attempt, () => share)).toBe(ms);
});
