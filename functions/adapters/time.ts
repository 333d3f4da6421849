// Time as a process has it: how to wait, and how much CPU time was left.
import { setTimeout } from 'node:timers/promises';
import type { MeasureCpuHeadroom, Pause } from '../ports.ts';

/**
 * The memory, in MB, with which a Lambda function has one complete processor; less memory gives a proportional share.
 */
const memoryOfOneProcessor = 1769;

/** Microseconds since `since`, as `process.cpuUsage` counts them. */
type CpuUsage = (since?: NodeJS.CpuUsage) => NodeJS.CpuUsage;

/**
 * Measures the CPU time used against the share that this function has. May be negative over short intervals (CPU
 * bursts); it averages out. Deliberately not the event loop's idle time: a process throttled by its CPU limit seems
 * to be idle there.
 */
export function createMeasureCpuHeadroom(
  cpuUsage: CpuUsage,
  { AWS_LAMBDA_FUNCTION_MEMORY_SIZE }: Readonly<Record<string, string | undefined>>,
): MeasureCpuHeadroom {
  const memory = Number(AWS_LAMBDA_FUNCTION_MEMORY_SIZE) || memoryOfOneProcessor;
  const share = Math.min(1, memory / memoryOfOneProcessor);
  return () => {
    const startedAt = performance.now();
    const started = cpuUsage();
    return () => {
      const { user, system } = cpuUsage(started);
      const ms = performance.now() - startedAt;
      return { ms, idleMs: ms - (user + system) / 1000 / share };
    };
  };
}

export const pause: Pause = async (ms, signal) => {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
};
