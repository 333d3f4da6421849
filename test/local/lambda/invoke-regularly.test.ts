import { expect, onTestFinished, test, vi } from 'vitest';
import { invokeRegularly } from '../../../local/lambda/invoke-regularly.ts';

type Invoke = (event: unknown) => Promise<unknown>;

function regularly(invoke: Invoke, everyMs = 1) {
  const log: Record<string, unknown>[] = [];
  const target = { invoke, close: async () => {} };
  const invocations = invokeRegularly({ everyMs, target, onLog: (entry) => log.push(entry) });
  onTestFinished(() => invocations.close(0));
  return { ...invocations, log };
}

test('a function is invoked again and again, with the event of a rule', async () => {
  const invoke = vi.fn<Invoke>(async () => null);

  regularly(invoke);

  await vi.waitFor(() => expect(invoke.mock.calls.length).toBeGreaterThan(2));
  expect(invoke.mock.calls[0]).toEqual([
    expect.objectContaining({ source: 'aws.events', 'detail-type': 'Scheduled Event', time: expect.any(String) }),
  ]);
});

test('never twice at once, however long one takes', async () => {
  let running = 0;
  let most = 0;
  const invoke = vi.fn<Invoke>(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    running -= 1;
  });

  regularly(invoke, 0);

  await vi.waitFor(() => expect(invoke.mock.calls.length).toBeGreaterThan(20));
  expect(most).toBe(1);
});

test('a failed run is logged, and the next one still starts', async () => {
  const invoke = vi.fn<Invoke>(() => Promise.reject(new Error('out of order')));

  const { log } = regularly(invoke);

  await vi.waitFor(() => expect(log.length).toBeGreaterThan(1));
  expect(log[0]).toEqual({ level: 'error', event: 'invocation.failed', detail: 'out of order' });
});

test('closing waits for the one that runs, and begins no other', async () => {
  const release = Promise.withResolvers<void>();
  let hasEnded = false;
  const invoke = vi.fn<Invoke>(async () => {
    await release.promise;
    hasEnded = true;
  });
  const { close } = regularly(invoke);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce());

  const closed = close(30_000);
  release.resolve();
  await closed;

  expect(hasEnded).toBe(true);
  expect(invoke).toHaveBeenCalledOnce();
});

test('closing waits no longer than its time limit, and not at all if none runs', async () => {
  const invoke = vi.fn<Invoke>(() => new Promise(() => {}));
  const running = regularly(invoke);
  const idle = regularly(invoke, 24 * 60 * 60 * 1000);
  await vi.waitFor(() => expect(invoke).toHaveBeenCalledOnce());

  await running.close(20);
  await idle.close(60_000);

  expect(invoke).toHaveBeenCalledOnce();
});
