import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { createChanges } from '../../room/changes.ts';

function openChanges() {
  const waits: { ms: number; end: () => void }[] = [];
  const stop = new AbortController();
  let revision = 1;
  const changes = createChanges({
    state: () => ({ revision, read: 1, of: 1, trouble: null }),
    wait: (ms) => new Promise((end) => waits.push({ ms, end })),
    signal: stop.signal,
  });
  const listen = () => {
    const { status, body } = changes.connect();
    if (!(body instanceof Readable)) return { status };
    return { status, body, said: () => body.read()?.toString() ?? '' };
  };
  return {
    changes,
    listen,
    waits,
    /** All waits that are under way come to their end. */
    pass: async () => {
      for (const { end } of waits.splice(0)) end();
      await new Promise(setImmediate);
    },
    next: () => ++revision,
  };
}

test('a page that listens gets the current state at once', () => {
  const { changes, listen } = openChanges();

  const { said } = listen();

  expect(said?.()).toBe('data: {"revision":1,"read":1,"of":1,"trouble":null}\n\n');
  expect(changes.isWatched()).toBe(true);
});

test('many changes are reported together, to every page', async () => {
  const { changes, listen, next, pass, waits } = openChanges();
  const [one, other] = [listen(), listen()];
  one.said?.();
  other.said?.();

  for (let change = 0; change < 1000; change++) {
    next();
    changes.publish();
  }
  expect([waits.length, one.said?.()]).toEqual([1, '']);
  await pass();

  expect(one.said?.()).toBe('data: {"revision":1001,"read":1,"of":1,"trouble":null}\n\n');
  expect(other.said?.()).toContain('1001');
});

test('a closed page gets nothing, and the watch stops', async () => {
  const { changes, listen, pass } = openChanges();
  const { body } = listen();

  body?.destroy();
  await pass();

  expect(changes.isWatched()).toBe(false);
});

test('a page that takes nothing any more is let go', async () => {
  const { changes, listen, pass } = openChanges();
  const { body } = listen();

  for (let told = 0; told < 2_000 && !body?.destroyed; told++) {
    changes.publish();
    await pass();
  }

  expect(body?.destroyed).toBe(true);
});

test('more pages than a person opens are refused', () => {
  const { listen } = openChanges();

  const statuses = Array.from({ length: 17 }, () => listen().status);

  expect(statuses.slice(0, 16)).toEqual(Array(16).fill(200));
  expect(statuses[16]).toBe(503);
});

test('while nothing changes, pages hear that the room is still open', async () => {
  const { changes, listen, pass, waits } = openChanges();
  const { said } = listen();
  said?.();

  void changes.keepAlive();
  expect(waits.map(({ ms }) => ms)).toEqual([15_000]);
  await pass();

  expect(said?.()).toBe(': still here\n\n');
});
