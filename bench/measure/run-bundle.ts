// Runs a Node way in a fresh process.
import { fork } from 'node:child_process';
import * as z from 'zod';
import { mean } from '../statistics.ts';
import { lambdaVariables } from './cap.ts';
import { type Measurement, runLimitMs } from './measurement.ts';

const used = z.object({ cpuMs: z.number(), wallMs: z.number() });
const measured = used.pick({ cpuMs: true }).extend({ invocations: z.array(used).min(1), peakBytes: z.number() });

/** First enough runs for most code to be compiled, then enough to average out a noisy machine. */
export const warm = { before: 3, measured: 5 };

export type RunOptions = {
  env: NodeJS.ProcessEnv;
  isWarm: boolean;
  /** Files of a cap into which the process writes its id before it becomes Node. */
  members?: readonly string[];
  /** Ends the process. */
  signal?: AbortSignal;
};

/** Measures the process from its start to the end of its last event or, if `isWarm`, each of the last events alone. */
export async function runBundle(
  bundle: string,
  events: readonly object[],
  { env, isWarm, members = [], signal }: RunOptions,
): Promise<Measurement & { output: string }> {
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<{ message: unknown; wallMs: number }>();
  const child = fork(new URL('measured.cjs', import.meta.url), [bundle, JSON.stringify(events)], {
    env: { ...env, ...(members.length > 0 && lambdaVariables) },
    ...programOf(members),
    silent: true,
    timeout: runLimitMs,
    killSignal: 'SIGKILL',
    ...(signal !== undefined && { signal }),
  });
  const lines: unknown[] = [];
  child.stdout?.on('data', (text) => lines.push(text));
  child.stderr?.on('data', (text) => lines.push(text));
  child.once('message', (message) => resolve({ message, wallMs: performance.now() - started }));
  child.once('error', reject);
  const closed = new Promise<void>((done) => {
    child.once('close', (code, signal) => {
      reject(new Error(`It ended with ${code ?? signal}:\n${lines.join('')}`));
      done();
    });
  });

  const { message, wallMs } = await promise.finally(async () => {
    // Open handles, such as a kept-alive connection, no longer matter.
    child.kill('SIGKILL');
    await closed;
  });
  const { cpuMs, invocations, peakBytes } = measured.parse(message);
  const output = lines.join('');
  if (!isWarm) return { cpuMs, wallMs, peakBytes, output };
  const further = invocations.slice(-warm.measured);
  return {
    cpuMs: mean(further.map((one) => one.cpuMs)),
    wallMs: mean(further.map((one) => one.wallMs)),
    peakBytes,
    output,
  };
}

/**
 * Node itself, or a shell that joins the control groups and then becomes Node, so that Node's start is limited, too.
 */
function programOf(members: readonly string[]): { execPath?: string; execArgv: string[] } {
  if (members.length === 0) return { execArgv: [] };
  const joins = members.map((file) => `echo $$ > '${file}' && `);
  return { execPath: '/bin/sh', execArgv: ['-c', `${joins.join('')}exec "$0" "$@"`, process.execPath] };
}
