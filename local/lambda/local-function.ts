// A Lambda function on this machine: environments are started on demand, kept warm, and never shared by two
// invocations at once. The next invocation replaces one that ended or ran out of time.

import { type EnvironmentSettings, type FunctionEnvironment, startEnvironment } from './function-environment.ts';

export type LocalFunction = {
  invoke: (event: unknown) => Promise<unknown>;
  /** Kills running environments; resolves when no process is left. */
  close: () => Promise<void>;
};

/**
 * Further invocations are rejected, as Lambda rejects those over its concurrency limit; the caller is expected to
 * retry.
 */
const maxWaiting = 100;

export function runFunction(settings: EnvironmentSettings & { maxEnvironments: number }): LocalFunction {
  const running = new Set<FunctionEnvironment>();
  const idle: FunctionEnvironment[] = [];
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  let free = settings.maxEnvironments;
  let isClosed = false;

  async function takeTurn(): Promise<void> {
    if (free > 0) {
      free -= 1;
      return;
    }
    if (waiting.length >= maxWaiting) throw new Error('Rate exceeded: too many invocations wait for this function.');
    await new Promise<void>((resolve, reject) => void waiting.push({ resolve, reject }));
  }

  function passTurnOn(): void {
    const next = waiting.shift();
    if (next) next.resolve();
    else free += 1;
  }

  function startAnother(): FunctionEnvironment {
    const environment = startEnvironment(settings);
    running.add(environment);
    void environment.ended.then(() => running.delete(environment));
    return environment;
  }

  function takeIdle(): FunctionEnvironment | undefined {
    const environment = idle.pop();
    return environment === undefined || environment.isUsable() ? environment : takeIdle();
  }

  async function invoke(event: unknown): Promise<unknown> {
    await takeTurn();
    try {
      // Check again: it may have been closed during the wait, and an environment started now would be left behind.
      if (isClosed) throw new Error('The function is closed.');
      const environment = takeIdle() ?? startAnother();
      try {
        return await environment.invoke(event);
      } finally {
        if (environment.isUsable()) idle.push(environment);
      }
    } finally {
      passTurnOn();
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    for (const { reject } of waiting.splice(0)) reject(new Error('The function is closed.'));
    for (const environment of running) environment.kill();
    await Promise.all([...running].map(({ ended }) => ended));
  }

  return { invoke, close };
}
