// Titles, tags, lyrics and labels are written by the people who make songs: any text is possible.
import { expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { eventually, keptSong, openPage, openTestRoom } from './test-room.ts';

const markup = '<img src=x onerror="window.acted = true"><script>window.acted = true</script>';
const turned = '\u202Etxt.exe\u2066 \u200F';

await describeInBrowser('hostile texts', (browser) => {
  test('are only ever shown as text', async () => {
    const labels = { [markup]: markup };
    const kept = keptSong('task', { title: markup, tags: markup, lyrics: markup, labels });
    const page = await openPage(browser(), await openTestRoom([kept]), { at: '#/task/task' });
    await page.locator('#task .lyrics').waitFor();
    await page.locator('.take .play').first().click();
    await eventually(() => page.locator('#playing .title').textContent()).toBe(markup);

    expect(await page.evaluate('window.acted')).toBeUndefined();
    expect(await page.locator('#task .lyrics').textContent()).toContain(markup);
    expect(await page.locator('img:not([src^="/media/"]), body script').count()).toBe(0);
  });

  test('do not change the writing direction of the text beside them', async () => {
    const kept = keptSong('task', { title: `Innocent ${turned}`, tags: 'calm' });
    const page = await openPage(browser(), await openTestRoom([kept]));
    const words = page.locator('.row .title .words');

    expect(await words.getAttribute('dir')).toBe('auto');
    expect(await page.evaluate('getComputedStyle(document.querySelector(".row .title .words")).unicodeBidi')).toBe(
      'isolate',
    );
    const [covers, takes] = await Promise.all(
      ['.covers', '.takes'].map((part) => page.locator(`.row ${part}`).boundingBox()),
    );
    expect(covers?.x).toBeLessThan(takes?.x ?? 0);
  });

  test('that are long are cut off in the list, with the full text as a tooltip', async () => {
    const title = 'The sea '.repeat(35).trim();
    const page = await openPage(browser(), await openTestRoom([keptSong('task', { title })]));

    expect(await page.locator('.row .title .words').getAttribute('title')).toBe(title);
    const line = await page.locator('.row').boundingBox();
    const takes = await page.locator('.row .takes').boundingBox();
    expect(line?.height).toBe(72);
    expect((takes?.x ?? 0) + (takes?.width ?? 0)).toBeLessThan(1280);
  });

  test('of half a million lines do not block the page', async () => {
    const kept = keptSong('task', { lyrics: 'la\n'.repeat(500_000) });
    const page = await openPage(browser(), await openTestRoom([kept]));

    await page.getByRole('link', { name: 'Paper Lanterns' }).click();

    await eventually(() => page.locator('#task .lyrics').textContent()).toMatch(/…\s*$/);
    await page.keyboard.press('Escape');
    await page.locator('#task').waitFor({ state: 'hidden' });
  });

  test('could not run even as markup: the page’s policy allows only its own script', async () => {
    const page = await openPage(browser(), await openTestRoom([keptSong('task')]), {
      expected: /Content Security Policy|Trusted/,
    });

    const sink = page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(markup)})`);

    await expect(sink).rejects.toThrow(/TrustedHTML/);
    expect(await page.evaluate('window.acted')).toBeUndefined();
  });
});
