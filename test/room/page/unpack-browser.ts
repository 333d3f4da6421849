import { findBrowser } from './launch-browser.ts';

/** Runs once before all tests: two test files at a time would overwrite the program while it starts. */
export async function setup(): Promise<void> {
  await findBrowser();
}
