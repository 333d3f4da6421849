// The peak memory of processes that cannot tell themselves: Linux keeps it in /proc, as long as they live.
import { readFileSync } from 'node:fs';

/** A program's end is missed by this much at most. */
const everyMs = 20;

/** Watches all that a process starts. The answer is the sum of their peaks, or null where there is no /proc. */
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

/** Nothing where the process is gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
