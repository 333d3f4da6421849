import { describe, expect, test } from 'vitest';
import { childrensCpuMs, runCommand } from '../../bench/measure/run-command.ts';

describe('childrensCpuMs', () => {
  test.each([
    { shell: 'bash', times: '0m0.001s 0m0.002s\n0m1.250s 1m0.310s\n' },
    { shell: 'dash', times: '0m0.000000s 0m0.010000s\n0m1.250000s 1m0.310000s\n' },
  ])("adds up what $shell's children used, and leaves the shell out", ({ times }) => {
    expect(childrensCpuMs(times)).toBeCloseTo(61_560, 6);
  });

  test('says so where the shell writes something else', () => {
    expect(() => childrensCpuMs('user 1.2 system 0.3')).toThrow('not as POSIX has them');
  });
});

describe('runCommand', () => {
  test('measures a pipe of programs', async () => {
    // Many times the 10 ms in which some systems count.
    const { cpuMs, wallMs } = await runCommand('head -c 400000000 /dev/zero | cksum >/dev/null', {
      PATH: process.env.PATH,
    });

    expect(cpuMs).toBeGreaterThan(0);
    expect(wallMs).toBeGreaterThan(0);
  });

  test('fails with what the program said', async () => {
    await expect(runCommand('cat /nowhere', { PATH: process.env.PATH })).rejects.toThrow('/nowhere');
  });
});
