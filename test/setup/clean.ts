// Setup of all tests: files share a process, so each leaves clocks, variables and spies as it found them.
import timers from 'node:timers';
import { afterAll, vi } from 'vitest';

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.useRealTimers();
  if (globalThis.setTimeout !== timers.setTimeout) {
    globalThis.setTimeout = timers.setTimeout;
    throw new Error('This file left a fake setTimeout to the next one: restore spies before the real timers.');
  }
});
