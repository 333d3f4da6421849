import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { findBrowser, launchBrowser } from './launch-browser.ts';

/** Runs tests in one shared browser; skips them with a warning if there is none. */
export async function describeInBrowser(name: string, tests: (browser: () => Browser) => void): Promise<void> {
  const isThere = (await findBrowser()) !== undefined;
  if (!isThere) console.warn(`Skipped: ${name}. There is no browser; set CHROME_PATH to one.`);
  describe.skipIf(!isThere)(name, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());
    tests(() => {
      if (browser === undefined) throw new Error('the browser has not started');
      return browser;
    });
  });
}
