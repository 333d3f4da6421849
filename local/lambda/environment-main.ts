// One Lambda environment as a process of its own: it loads a bundle, then handles one event at a time. Its argument
// is the bundle's folder; function-environment.ts is the parent's side.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type EnvironmentInvocation, type InvocationAnswer, isInvocation } from './function-environment.ts';

const [folder = '.'] = process.argv.slice(2);

new Worker(new URL('end-with-parent.ts', import.meta.url)).unref();

// A terminal sends Ctrl-C to the whole process group, and service managers do the same. The parent decides when this
// process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const handler = loadHandler();

const contextOf = ({ requestId, deadlineMs }: EnvironmentInvocation) => ({
  awsRequestId: requestId,
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: '$LATEST',
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  callbackWaitsForEmptyEventLoop: false,
  getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
});

async function answer(invocation: EnvironmentInvocation): Promise<InvocationAnswer> {
  try {
    return { result: (await handler(invocation.event, contextOf(invocation))) ?? null };
  } catch (error) {
    console.error(error);
    return { failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

process.on('message', async (message) => {
  if (isInvocation(message)) process.send?.(await answer(message));
});

function loadHandler(): (event: unknown, context: object) => unknown {
  const bundle = createRequire(import.meta.url)(join(folder, 'index.js'));
  if (typeof bundle.handler === 'function') return bundle.handler;
  throw new Error(`${folder}/index.js exports no function named handler.`);
}
