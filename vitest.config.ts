import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/infra/browse/page/unpack-browser.ts'],
    // Flow and contract tests start real servers and processes on a machine that may have two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
