import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { findBrowser, launchBrowser } from './launch-browser.ts';

/** Tests in one browser for all of them; skipped, with the reason said, where there is none. */
export async function describeInBrowser(name: string, tests: (browser: () => Browser) => void): Promise<void> {
  const isThere = (await findBrowser()) !== undefined;
  if (!isThere) console.warn(`Not tested: ${name}. There is no browser here; CHROME_PATH names one.`);
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
