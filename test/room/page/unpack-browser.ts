import { findBrowser } from './launch-browser.ts';

/** Once, before any test: two test files at a time would write into the same program while it starts. */
export async function setup(): Promise<void> {
  await findBrowser();
}
