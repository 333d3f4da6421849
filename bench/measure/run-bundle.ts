// A Node way in a fresh process.
import { fork } from 'node:child_process';
import * as z from 'zod';
import { mean } from '../statistics.ts';
import { type Measurement, runLimitMs } from './measurement.ts';

const used = z.object({ cpuMs: z.number(), wallMs: z.number() });
const measured = used.pick({ cpuMs: true }).extend({ invocations: z.array(used).min(1), peakBytes: z.number() });

/** As many as it takes for the code to be compiled, most of it; then as many as even out a noisy machine. */
export const warm = { before: 3, measured: 5 };

/** The whole process, from its start to the end of its last event, or, `isWarm`, each of the last events alone. */
export async function runBundle(
  bundle: string,
  events: readonly object[],
  { env, isWarm }: { env: NodeJS.ProcessEnv; isWarm: boolean },
): Promise<Measurement & { output: string }> {
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const child = fork(new URL('measured.cjs', import.meta.url), [bundle, JSON.stringify(events)], {
    env,
    execArgv: [],
    silent: true,
    timeout: runLimitMs,
    killSignal: 'SIGKILL',
  });
  const lines: unknown[] = [];
  child.stdout?.on('data', (text) => lines.push(text));
  child.stderr?.on('data', (text) => lines.push(text));
  child.once('message', resolve);
  child.once('error', reject);
  child.once('close', (code, signal) => reject(new Error(`It ended with ${code ?? signal}:\n${lines.join('')}`)));

  const { cpuMs, invocations, peakBytes } = measured.parse(await promise);
  const wallMs = performance.now() - started;
  // What it still holds open, a connection that is kept alive say, is nobody's concern any more.
  child.kill('SIGKILL');
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
