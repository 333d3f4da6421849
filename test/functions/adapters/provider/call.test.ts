import { expect, onTestFinished, test } from 'vitest';
import { createProviderCall } from '../../../../functions/adapters/provider/call.ts';
import { type Behaviour, hang, reply, startAwsServer } from '../../../doubles/aws-server.ts';

const within = { connectMs: 10_000, idleMs: 10_000, totalMs: 30_000, answerBytes: 1_000 };
const ok = reply(200, '{}');

async function setUpCall(behaviour: Behaviour) {
  const server = await startAwsServer({ behaviours: [behaviour] });
  onTestFinished(server.close);
  const call = createProviderCall(within, { now: () => new Date('2026-11-21T12:00:00Z') });
  const { signal } = new AbortController();
  return { server, ask: () => call({ key: 'any', url: new URL(server.origin), signal }) };
}

test('a poll after a freeze of this process finds one kept connection closed, and takes none of the others', async () => {
  let isFrozen = false;
  const { server, ask } = await setUpCall((asked) =>
    isFrozen && asked.ofConnection > 1 ? asked.request.socket.resetAndDestroy() : ok(asked),
  );
  await Promise.all(Array.from({ length: 80 }, ask));
  const [requests, connections] = [server.requests.length, server.connections()];
  isFrozen = true;

  expect(await ask()).toMatchObject({ status: 200 });

  expect(server.requests.length - requests).toBe(2);
  expect(server.connections() - connections).toBe(1);
});

test('a poll that is under way is not ended when another finds its connection closed', async () => {
  let isFrozen = false;
  const waiting: (() => void)[] = [];
  const { server, ask } = await setUpCall((asked) => {
    if (!isFrozen) return ok(asked);
    if (waiting.length === 0) {
      hang(asked);
      return waiting.push(() => void ok(asked));
    }
    return asked.ofConnection > 1 ? asked.request.socket.resetAndDestroy() : ok(asked);
  });
  await Promise.all([ask(), ask()]);
  isFrozen = true;

  const first = ask();
  await expect.poll(() => waiting.length).toBe(1);
  expect(await ask()).toMatchObject({ status: 200 });
  for (const answer of waiting) answer();

  expect(await first).toMatchObject({ status: 200 });
  expect(server.requests).toHaveLength(5);
});
