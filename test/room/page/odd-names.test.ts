import { expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { eventually, heardSeconds, keptSong, openPage, openTestRoom } from './test-room.ts';

/** Names that a path, a query or an encoding could misread. */
const names = ['50% off', 'a%2Fb', 'who? me#1', 'a+b & c=d', 'Für Élise 鐵人 🎵', 'it\'s; "so"'];

await describeInBrowser('files', (browser) => {
  test.each(names)('are played, shown and downloaded under the name %s', async (name) => {
    const { record, files } = keptSong('song');
    const renamed = (key: string) => key.replace('Song_one', name);
    const assets = record.assets.map((asset) => ({ ...asset, key: asset.key && renamed(asset.key) }));
    const kept = {
      record: { ...record, assets },
      files: new Map([...files].map(([key, bytes]) => [renamed(key), bytes])),
    };
    const page = await openPage(browser(), await openTestRoom([kept]), { at: '#/task/song' });

    await page.getByRole('button', { name: 'Play take 1 of' }).last().click();
    await eventually(() => heardSeconds(page)).toBeGreaterThan(0.1);
    await eventually(() => page.evaluate("document.querySelector('.take img').naturalWidth")).toBeGreaterThan(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download take 1' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^Paper Lanterns.*\.mp3$/);
    expect(await download.failure()).toBeNull();
  });
});
