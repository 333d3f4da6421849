// The parent's side of one Lambda environment: a process that handles one event at a time.

import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { onEachLine } from './each-line.ts';
import { type Invocation, isAnswer } from './environment-protocol.ts';

type Output = 'stdout' | 'stderr';

export type EnvironmentSettings = {
  /** The absolute path of the folder with the bundle's `index.js`; also the function's working directory. */
  folder: string;
  /** The complete `process.env` of the function; nothing is inherited. */
  variables: Record<string, string>;
  timeoutMs: number;
  onLine: (line: string, output: Output) => void;
};

export type FunctionEnvironment = {
  /**
   * Rejects if the handler throws, the process ends, or the time is up. After the latter two the environment is
   * unusable.
   */
  invoke: (event: unknown) => Promise<unknown>;
  isUsable: () => boolean;
  kill: () => void;
  /** Resolves when the process has ended and its remaining output was passed on. */
  ended: Promise<void>;
};

const main = join(import.meta.dirname, 'environment-main.ts');

export function startEnvironment({ folder, variables, timeoutMs, onLine }: EnvironmentSettings): FunctionEnvironment {
  // No execArgv: the parent's flags (a debugger's port, a test runner's loader) are not the function's.
  const child = fork(main, [folder], {
    cwd: folder,
    env: variables,
    execArgv: [],
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  for (const output of ['stdout', 'stderr'] as const) {
    const stream = child[output];
    if (stream) onEachLine(stream, (line) => onLine(line, output));
  }

  const end = Promise.withResolvers<string>();
  child.on('error', (error) => end.resolve(error.message));
  child.once('close', (code, signal) => end.resolve(signal ?? `exit code ${code}`));
  const kill = () => void child.kill('SIGKILL');

  async function invoke(event: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const invocation: Invocation = { requestId: randomUUID(), event, deadlineMs: Date.now() + timeoutMs };
    const onMessage = (message: unknown) => {
      if (!isAnswer(message)) return;
      if ('failure' in message) reject(new Error(message.failure));
      else resolve(message.result);
    };
    const timer = setTimeout(() => {
      kill();
      reject(new Error(`Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`));
    }, timeoutMs);
    child.once('message', onMessage);
    void end.promise.then((how) => reject(new Error(`The process ended before it answered (${how}).`)));
    // If sending fails, the process is ending; the `exit` event then rejects with the reason.
    child.send(invocation, () => {});
    return promise.finally(() => {
      clearTimeout(timer);
      child.off('message', onMessage);
    });
  }

  return {
    invoke,
    isUsable: () => child.connected && !child.killed && child.exitCode === null && child.signalCode === null,
    kill,
    ended: end.promise.then(() => {}),
  };
}
