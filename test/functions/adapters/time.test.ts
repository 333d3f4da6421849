import { expect, test } from 'vitest';
import { createMeasureCpuHeadroom } from '../../../functions/adapters/time.ts';

/** Uses this much CPU time, however slow the machine is. */
function work(cpuMs: number): void {
  const started = process.cpuUsage();
  let used = 0;
  while (used < cpuMs) {
    const { user, system } = process.cpuUsage(started);
    used = (user + system) / 1000;
  }
}

const wait = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('a process that works is not idle, and one that waits is', () => {
  const working = createMeasureCpuHeadroom(process.cpuUsage, {})();
  work(30);
  const ofWork = working();
  const waiting = createMeasureCpuHeadroom(process.cpuUsage, {})();
  wait(30);
  const ofWaiting = waiting();

  expect(ofWork.ms - ofWork.idleMs).toBeGreaterThanOrEqual(30);
  expect(ofWaiting.ms).toBeGreaterThanOrEqual(29);
  expect(ofWaiting.idleMs / ofWaiting.ms).toBeGreaterThan(ofWork.idleMs / ofWork.ms);
});

test('a function with little memory is busy with little CPU, since it has no more', () => {
  const whole = createMeasureCpuHeadroom(process.cpuUsage, { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' })();
  const small = createMeasureCpuHeadroom(process.cpuUsage, { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '177' })();
  work(10);
  wait(10);

  const busy = ({ ms, idleMs }: { ms: number; idleMs: number }) => ms - idleMs;
  expect(busy(small())).toBeGreaterThan(5 * busy(whole()));
});
