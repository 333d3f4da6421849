import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { eventually, keptSong, openPage, openTestRoom } from './test-room.ts';

/** Simulates a page behind another one; a browser without a window never reports that by itself. */
const lay = (page: Page, where: 'behind' | 'before') =>
  page.evaluate(`{
    Object.defineProperty(document, 'hidden', { value: ${where === 'behind'}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }`);

await describeInBrowser('many pages in one browser', (browser) => {
  test('do not use up its connections, and each is updated as soon as it is visible', async () => {
    const room = await openTestRoom([keptSong('song')]);
    const first = await openPage(browser(), room);
    const pages = [first];
    for (let number = 1; number < 8; number++) {
      await lay(pages.at(-1) ?? first, 'behind');
      const page = await first.context().newPage();
      await page.goto(new URL(room.url).origin);
      await page.locator('.row').waitFor();
      pages.push(page);
    }
    await room.putRecord(keptSong('newer', { title: 'Newer', assets: [] }).record);
    await pages.at(-1)?.getByRole('link', { name: 'Newer' }).waitFor();
    expect(await first.locator('.row').count()).toBe(1);

    await lay(first, 'before');

    await first.getByRole('link', { name: 'Newer' }).waitFor();
    await eventually(() => first.locator('#state').textContent()).toBe('2 tasks');
  });
});
