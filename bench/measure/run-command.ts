// Runs other programs, alone or in a pipe: a shell adds up the CPU time of its children.
import { spawn } from 'node:child_process';
import { type Measurement, runLimitMs } from './measurement.ts';
import { watchPeak } from './watch-peak.ts';

export async function runCommand(command: string, env: NodeJS.ProcessEnv): Promise<Measurement & { output: string }> {
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number | NodeJS.Signals | null>();
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn('sh', ['-c', `${command} || exit 1; times`], {
    env,
    stdio: [...stdio],
    timeout: runLimitMs,
    killSignal: 'SIGKILL',
  });
  const stopWatching = watchPeak(child.pid ?? 0);
  let [output, said] = ['', ''];
  child.stdout?.on('data', (text) => {
    output += text;
  });
  child.stderr?.on('data', (text) => {
    said += text;
  });
  child.once('error', reject);
  child.once('close', (code, signal) => resolve(code ?? signal));

  const ended = await promise;
  const wallMs = performance.now() - started;
  const peakBytes = stopWatching();
  if (ended !== 0) throw new Error(`It ended with ${ended}:\n${output}${said}`);
  return { cpuMs: childrensCpuMs(output), wallMs, peakBytes, output: said };
}

/** Parses the second line of `times`: user and system time of all children, as in `0m1.250s 0m0.310s`. */
function childrensCpuMs(times: string): number {
  const [line = ''] = times.trim().split('\n').slice(-1);
  const spans = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (spans.length !== 2) throw new Error(`The shell's times are not as POSIX has them: ${times}`);
  return spans.reduce((sum, [, minutes, seconds]) => sum + (Number(minutes) * 60 + Number(seconds)) * 1000, 0);
}
