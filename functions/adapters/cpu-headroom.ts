import type { MeasureCpuHeadroom } from '../ports.ts';

/** Memory, in MB, with which a Lambda function has one whole processor; with less it has a share of one, in proportion. */
const memoryOfOneProcessor = 1769;

/** Microseconds since `since`, as `process.cpuUsage` counts them. */
type CpuUsage = (since?: NodeJS.CpuUsage) => NodeJS.CpuUsage;

/**
 * Below zero where more was used than there is for now: over a longer time it evens out. Measured by the CPU time that is used, against what this function may use. Deliberately not by the event loop's own idea
 * of idleness: a process that is held back by a limit on its CPU seems to be idle there.
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
