import { expect, test } from 'vitest';
import { coalesce } from '../../../room/page/coalesce.ts';

test('work requested while it runs is done once more afterwards, and never twice at a time', async () => {
  const begun: (() => void)[] = [];
  let atOnce = 0;
  const work = async () => {
    expect(++atOnce).toBe(1);
    await new Promise<void>((end) => begun.push(end));
    atOnce--;
  };
  const turn = () => new Promise((over) => setImmediate(over));
  const ask = coalesce(work, async () => {});

  ask();
  ask();
  ask();
  expect(begun.length).toBe(1);
  begun[0]?.();
  await turn();
  expect(begun.length).toBe(2);
  begun[1]?.();
  await turn();
  expect(begun.length).toBe(2);
  ask();
  expect(begun.length).toBe(3);
});
