// The parent's side of one Lambda environment: a process that handles one event at a time.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

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

// The messages between a local function and the process that runs it.

export type EnvironmentInvocation = {
  requestId: string;
  event: unknown;
  /** When the function is killed, in milliseconds since 1970: an absolute time, so that a slow start counts too. */
  deadlineMs: number;
};

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
    const invocation: EnvironmentInvocation = { requestId: randomUUID(), event, deadlineMs: Date.now() + timeoutMs };
    const onMessage = (message: unknown) => {
      if (!isInvocationAnswer(message)) return;
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

/** A longer line is passed on in pieces, so that a program that never ends its line cannot fill the memory. */
const maxLineLength = 1024 * 1024;

/** Deliberately not node:readline: it also splits at U+2028, which JSON leaves unescaped inside strings. */
export function onEachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > maxLineLength) {
      lines.push(rest);
      rest = '';
    }
    for (const line of lines) onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

export type InvocationAnswer = { result: unknown } | { failure: string };

function isInvocationAnswer(message: unknown): message is InvocationAnswer {
  return typeof message === 'object' && message !== null && ('result' in message || 'failure' in message);
}

export function isInvocation(message: unknown): message is EnvironmentInvocation {
  return typeof message === 'object' && message !== null && 'requestId' in message && 'deadlineMs' in message;
}

/**
 * Resolves with the promise's value, or with undefined if that takes longer than the limit; the promise itself is not
 * cancelled.
 */
export async function settledWithin<T>(limitMs: number, promise: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), limitMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
