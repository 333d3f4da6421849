// Bundles the functions for Lambda. The stack, the local deployment and the tests all use these bundles, so that what
// is tested is what is deployed.

import { join } from 'node:path';
import { buildSync } from 'esbuild';

export type FunctionName = 'receiver' | 'archiver' | 'sweeper' | 'forwarder';

const root = join(import.meta.dirname, '..');

/**
 * Bundles `functions/<name>/handler.ts` into `<folder>/index.js`; Lambda's handler is `index.handler`. Returns its
 * size in bytes.
 */
export function bundleFunction(name: FunctionName, folder: string): number {
  return bundleProgram(`functions/${name}/handler.ts`, join(folder, 'index.js'));
}

/**
 * Bundles a program, named from the project's root, with the SDK inside. CommonJS, because a receiver then loads in
 * four fifths of the time (docs/performance.md).
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
    // Keeps names in stack traces and error classes.
    keepNames: true,
    // The SDK's `module` builds tree-shake better than its `main` ones: 434 KB instead of 571.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  return Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
}
