import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trackkeeper-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The folder of a bundle as esbuild would have made it, with this code as its `index.js`. */
export async function bundleOf(code: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'index.js'), code);
  return folder;
}
