import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunction, type FunctionName } from '../../infra/bundle.ts';

const bundles = new Map<FunctionName, Buffer>();

/** Does what `bundleFunction` does, but bundles each function once for all tests of this process. */
export function sharedBundle(name: FunctionName, folder: string): void {
  const made = bundles.get(name);
  const file = join(folder, 'index.js');
  if (made === undefined) {
    bundleFunction(name, folder);
    bundles.set(name, readFileSync(file));
  } else {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, made);
  }
}
