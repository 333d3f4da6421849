// The stack's functions on this machine: the same bundles that Lambda runs, with the stack's settings.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Endpoints, functionVariables } from '../client/target/local-aws.ts';
import type { ArchiverEnv } from '../functions/archiver/env.ts';
import type { ForwarderEnv } from '../functions/forwarder/env.ts';
import type { ReceiverEnv } from '../functions/receiver/env.ts';
import type { SweeperEnv } from '../functions/sweeper/env.ts';
import type { FunctionName } from '../infra/bundle.ts';
import { functionTimeoutSeconds } from '../infra/shared-settings.ts';
import { type LocalFunction, runFunction } from './lambda/local-function.ts';
import { logEntryOf, type OnLog } from './log-line.ts';

/** The forwarder is present only if callbacks are forwarded. */
type Environments = { receiver: ReceiverEnv; archiver: ArchiverEnv; sweeper: SweeperEnv; forwarder?: ForwarderEnv };

export type FunctionsOptions = {
  /** The folder for the bundles. */
  folder: string;
  bundle: (name: FunctionName, folder: string) => void;
  endpoints: Endpoints;
  environments: Environments;
  /** Concurrent invocations per function. Each costs about 100 MB once started. */
  concurrency: Record<FunctionName, number>;
  onLog: OnLog;
};

export type LocalFunctions = Record<Exclude<FunctionName, 'forwarder'>, LocalFunction> & {
  forwarder: LocalFunction | undefined;
} & AsyncDisposable;

export async function runFunctions(options: FunctionsOptions): Promise<LocalFunctions> {
  const { folder, bundle, endpoints, environments, concurrency, onLog } = options;
  await mkdir(folder, { recursive: true });
  // The bundles are CommonJS, Lambda's default; a package.json in a parent folder might say otherwise.
  await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}\n');

  await using started = new AsyncDisposableStack();
  function run(name: FunctionName): LocalFunction {
    bundle(name, join(folder, name));
    const running = runFunction({
      folder: join(folder, name),
      variables: { ...functionVariables(name, endpoints), ...environments[name] },
      timeoutMs: functionTimeoutSeconds[name] * 1000,
      maxEnvironments: concurrency[name],
      onLine: (line, output) => onLog(logEntryOf(name, line, output)),
    });
    started.defer(running.close);
    return running;
  }
  const functions = {
    receiver: run('receiver'),
    archiver: run('archiver'),
    sweeper: run('sweeper'),
    forwarder: environments.forwarder && run('forwarder'),
  };
  const running = started.move();
  return { ...functions, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
