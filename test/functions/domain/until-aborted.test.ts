import { expect, test } from 'vitest';
import { untilAborted } from '../../../functions/domain/concurrency.ts';

const never = new Promise<never>(() => undefined);

test('is what the work comes to', async () => {
  const { signal } = new AbortController();

  expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

test('ends with the signal, and what the work comes to later is no one’s', async () => {
  const ending = new AbortController();
  const work = Promise.withResolvers<string>();

  const both = [untilAborted(work.promise, ending.signal), untilAborted(never, ending.signal)];
  ending.abort();
  work.reject(new Error('too late'));

  for (const one of both) await expect(one).rejects.toThrow('the time limit was reached');
});
