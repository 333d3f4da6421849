import { expect, test } from 'vitest';
import { setUpCli } from '../../cli/cli-setup.ts';
import { inMemoryBucket } from '../bucket-double.ts';
import { describeInBrowser } from './browser.ts';
import { eventually, keptSong, openRoomOn } from './test-room.ts';

await describeInBrowser('a bucket that does not answer', (browser) => {
  test('is reported on the page, which keeps its content and continues by itself once the bucket answers', async () => {
    const { data } = await setUpCli();
    const { bucket, putRecord, fail } = inMemoryBucket();
    putRecord(keptSong('song', { assets: [] }).record);
    const room = await openRoomOn(data, { ...bucket, open: async () => undefined, openRange: async () => 'missing' });
    fail(new Error('The AWS credentials have expired.'));
    const context = await browser().newContext();
    const page = await context.newPage();
    const trouble = page.locator('#trouble');
    const titles = page.locator('.row .title');

    await page.goto(room.url);
    await eventually(() => trouble.textContent()).toBe('The AWS credentials have expired.');
    expect(await page.getByText('No music yet').count()).toBe(0);
    fail(undefined);
    await eventually(() => titles.allTextContents()).toEqual(['Paper Lanterns']);
    await eventually(() => trouble.textContent()).toBe('');

    fail(new Error('The bucket is gone.'));
    await eventually(() => trouble.textContent()).toBe('The bucket is gone.');
    await titles.click();
    await eventually(() => page.locator('#task').textContent()).toContain('The bucket is gone.');
    expect(await titles.allTextContents()).toEqual(['Paper Lanterns']);
    putRecord(keptSong('newer', { title: 'Newer', assets: [] }).record);
    fail(undefined);

    await page.locator('#task .lyrics').waitFor();
    await eventually(() => titles.count()).toBe(2);
    await eventually(() => trouble.textContent()).toBe('');
    await context.close();
  });
});
