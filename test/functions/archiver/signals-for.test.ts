import { expect, test } from 'vitest';
import { signalsFor } from '../../../functions/archiver/ending.ts';

test.each([900_000, 59_999, 1_501, 1, 0.5, 0, -3])(
  'an invocation with %d ms left has two signals that will end it',
  (leftMs) => {
    const { stopping, signal } = signalsFor(leftMs);

    expect([stopping, signal]).toEqual([expect.any(AbortSignal), expect.any(AbortSignal)]);
  },
);

test('nothing new is begun before what is under way is dropped', async () => {
  const { stopping, signal } = signalsFor(40);
  const order: string[] = [];
  await Promise.all(
    Object.entries({ signal, stopping }).map(
      ([name, one]) =>
        new Promise<void>((done) => {
          one.addEventListener('abort', () => {
            order.push(name);
            done();
          });
        }),
    ),
  );

  expect(order).toEqual(['stopping', 'signal']);
});
