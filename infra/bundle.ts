// How a function's code becomes what Lambda runs. The stack, the local deployment and the tests all take it from here,
// so that what is tested is what is deployed.

import { join } from 'node:path';
import { buildSync } from 'esbuild';

export type FunctionName = 'receiver' | 'archiver' | 'sweeper' | 'forwarder';

const root = join(import.meta.dirname, '..');

/** Bundles `functions/<name>/handler.ts` into `<folder>/index.js`; Lambda's handler is `index.handler`. Returns its bytes. */
export function bundleFunction(name: FunctionName, folder: string): number {
  return bundleProgram(`functions/${name}/handler.ts`, join(folder, 'index.js'));
}

/**
 * Bundles a program, named from the project's root, with the SDK inside. CommonJS, because a receiver loads in four fifths of the time that it takes as
 * ESM (docs/performance.md).
 * @returns the bundle's size in bytes
 */
export function bundleProgram(entry: string, outfile: string): number {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // Names in stack traces and in error classes survive.
    keepNames: true,
    // The SDK's `module` builds shake better than its `main` ones: 434 KB against 571.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
}
