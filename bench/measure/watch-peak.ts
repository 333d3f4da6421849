// Measures the peak memory of processes that cannot report it themselves: Linux has it in /proc while they run.
import { readFileSync } from 'node:fs';

/** The final reading may be older than the program's end by this much. */
const everyMs = 20;

/** Watches all children of a process. The returned function gives the sum of their peaks, or null without /proc. */
export function watchPeak(parent: number): () => number | null {
  const peaks = new Map<number, number>();
  const look = () => {
    for (const pid of descendantsOf(parent)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOf(pid)));
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    return peaks.size === 0 ? null : [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
  };
}

function descendantsOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function peakOf(pid: number): number {
  const [, kilobytes = '0'] = /^VmHWM:\s*(\d+) kB/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1024;
}

/** Empty if the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
