import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that start servers, processes, workers or a browser. All other tests are unit tests, and may not. */
const systemTests = [
  'test/bench/**',
  'test/bundle.test.ts',
  'test/contracts/**',
  'test/flow/{bad-input,cost,doctor,forwarding,killed,main-job,memory,metrics,no-secrets,odd-hosts-over-http,short-lives}.test.ts',
  'test/functions/*/handler.test.ts',
  'test/functions/adapters/**',
  'test/functions/archiver/transfer/hostile.test.ts',
  'test/functions/domain/media-check/encoders.test.ts',
  'test/functions/receiver/hostile-requests.test.ts',
  'test/client/aws-cloud.test.ts',
  'test/room/page/**',
  'test/room/{media,serve}.test.ts',
  'test/cli/*.test.ts',
  'test/cli/doctor/target/**',
  'test/client/target/**',
  'test/local/**',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...systemTests],
          setupFiles: ['test/setup/unit.ts'],
          pool: 'threads',
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: systemTests.map((tests) => tests.replace(/\*\*$/, '**/*.test.ts')),
          globalSetup: ['test/room/page/unpack-browser.ts'],
          pool: 'forks',
        },
      },
    ],
    // Files share a worker and the modules in it: to import the AWS SDK and the CDK for each file takes half of the
    // time.
    isolate: false,
    setupFiles: ['test/setup/clean.ts'],
    // One more than there are cores: many system tests wait for a process or a timeout.
    maxWorkers: availableParallelism() + 1,
    // A limit for what hangs, far above what a test takes while other programs use the cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
