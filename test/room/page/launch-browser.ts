// A real browser for the tests of the page: the one of the package on Linux, elsewhere the Chrome that CHROME_PATH
// names.
import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

/** The package's own arguments are not used: they switch off what is tested. */
const quiet = [
  '--no-sandbox',
  '--headless=shell',
  '--mute-audio',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Undefined if there is no browser. */
export async function findBrowser(): Promise<string | undefined> {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH !== undefined) return CHROME_PATH;
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // As in Lambda: the package then unpacks the libraries that a bare Linux lacks (NSS), too.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs24.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  const path = await packaged.executablePath();
  return await access(path).then(
    () => path,
    () => undefined,
  );
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findBrowser();
  if (executablePath === undefined) throw new Error('There is no browser; set CHROME_PATH to one.');
  return await chromium.launch({ executablePath, args: quiet, headless: true });
}
