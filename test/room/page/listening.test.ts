import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';
import {
  eventually,
  heardSeconds,
  isPlaying,
  keptFilm,
  keptSilence,
  keptSong,
  openPage,
  openTestRoom,
} from './test-room.ts';

const playing = (page: Page) => page.locator('#playing .title').textContent();
const moves = (page: Page) => eventually(() => heardSeconds(page)).toBeGreaterThan(0.2);
const endOf = (page: Page) =>
  page.evaluate('const a = document.querySelector("#audio"); a.currentTime = a.duration - 0.3; undefined');

/** On this machine the bucket is a folder; of one in S3 it would be s3://<bucket>/… */
const pathOfTake1 = (folder: string) => `${folder}/library/2026-11/2026-11-20_Song_song/Song_one.mp3`;

await describeInBrowser('listening', (browser) => {
  test('a take plays from the bucket, and its button pauses it', async () => {
    const room = await openTestRoom([keptSong('first')]);
    const page = await openPage(browser(), room);

    await page.getByRole('button', { name: 'Play take 2 of Paper Lanterns' }).click();

    await moves(page);
    expect(await playing(page)).toBe('Paper Lanterns');
    await page.getByRole('button', { name: 'Pause take 2 of Paper Lanterns' }).click();
    await eventually(() => isPlaying(page)).toBe(false);
  });

  test('plays take after take, and then the next task of the list', async () => {
    const later = keptSong('later', { title: 'Later', firstSeenAt: '2026-11-21T08:00:00.000Z' });
    const room = await openTestRoom([later, keptSong('earlier', { title: 'Earlier' })]);
    const page = await openPage(browser(), room);

    await page.getByRole('button', { name: 'Play take 1 of Later' }).click();
    await moves(page);
    await endOf(page);

    await page.getByRole('button', { name: 'Pause take 2 of Later' }).waitFor();
    await moves(page);
    await endOf(page);
    await page.getByRole('button', { name: 'Pause take 1 of Earlier' }).waitFor();
    expect(await playing(page)).toBe('Earlier');
    await page.getByRole('button', { name: 'Previous track' }).click();
    await page.getByRole('button', { name: 'Pause take 2 of Later' }).waitFor();
  });

  test('plays the list as it was filtered when playing began', async () => {
    const kept = ['c', 'b', 'a'].map((name, hours) =>
      keptSong(name, {
        title: `Song ${name}`,
        tags: name === 'b' ? 'loud' : 'calm',
        firstSeenAt: `2026-11-20T0${9 - hours}:00:00.000Z`,
      }),
    );
    const room = await openTestRoom(kept);
    const page = await openPage(browser(), room, { at: '#/?q=calm' });
    await eventually(() => page.locator('.row').count()).toBe(2);

    await page.getByRole('button', { name: 'Play take 2 of Song c' }).click();
    await moves(page);
    await page.getByRole('button', { name: 'Next track' }).click();

    await page.getByRole('button', { name: 'Pause take 1 of Song a' }).waitFor();
  });

  test('seeking requests only the bytes from the new position on', async () => {
    const room = await openTestRoom([keptSilence('silence')]);
    const page = await openPage(browser(), room);
    const ranges: string[] = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.wav')) ranges.push(`${response.status()} ${response.headers()['content-range']}`);
    });
    await page.getByRole('button', { name: 'Play Silence' }).click();
    await moves(page);

    await page.locator('#seek').fill('160');

    await eventually(() => heardSeconds(page)).toBeGreaterThan(160);
    const starts = ranges.map((range) => Number(/^206 bytes (\d+)-\d+\/30000044$/.exec(range)?.[1]));
    expect(starts[0]).toBe(0);
    expect(Math.max(...starts)).toBeGreaterThan(25_000_000);
  });

  test('a file that cannot be played is skipped with an announcement, and the next one plays', async () => {
    const broken = keptSong('broken', { title: 'Broken', firstSeenAt: '2026-11-21T08:00:00.000Z' });
    const [audio = ''] = broken.files.keys();
    broken.files.set(audio, Buffer.from('no sound at all'));
    const room = await openTestRoom([broken, keptSong('whole')]);
    const page = await openPage(browser(), room);

    await page.getByRole('button', { name: 'Play take 1 of Broken' }).click();

    await page.getByRole('button', { name: 'Pause take 2 of Broken' }).waitFor();
    await eventually(() => page.locator('#said').textContent()).toContain('Skipped “Broken”');
    await moves(page);
  });

  test('a video plays in the task’s view, and a song stops for it', async () => {
    const room = await openTestRoom([keptFilm('film'), keptSong('song')]);
    const page = await openPage(browser(), room);
    await page.getByRole('button', { name: 'Play take 1 of Paper Lanterns' }).click();
    await moves(page);

    await page.getByRole('link', { name: /^Watch/ }).click();
    const video = page.locator('#task video');
    await video.waitFor();
    expect(await video.getAttribute('preload')).toBe('metadata');
    await page.evaluate('document.querySelector("video").play()');

    await eventually(() => page.evaluate<number>('document.querySelector("video").currentTime')).toBeGreaterThan(0.1);
    expect(await isPlaying(page)).toBe(false);
  });

  test('the media keys of the machine get the title', async () => {
    const room = await openTestRoom([keptSong('song')]);
    const page = await openPage(browser(), room);

    await page.getByRole('button', { name: 'Play take 1 of Paper Lanterns' }).click();
    await moves(page);

    expect(await page.evaluate('navigator.mediaSession.metadata.title')).toBe('Paper Lanterns');
    expect(await page.title()).toBe('Paper Lanterns · Trackkeeper');
  });

  test('both takes are side by side, with their common lyrics once, and every file can be downloaded under its title', async () => {
    const room = await openTestRoom([keptSong('song')]);
    const page = await openPage(browser(), room, { at: '#/task/song' });

    const [one, two] = await Promise.all([0, 1].map((take) => page.locator('.take').nth(take).boundingBox()));
    expect(one?.y).toBe(two?.y);
    expect(await page.locator('.lyrics').count()).toBe(1);
    expect(await page.locator('.lyrics').textContent()).toContain('Paper lanterns on the water');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download take 1' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^Paper Lanterns \(\w+\)\.mp3$/);
  });

  test('copies a path, and announces it', async () => {
    const room = await openTestRoom([keptSong('song')]);
    const page = await openPage(browser(), room, {
      at: '#/task/song',
      permissions: ['clipboard-read', 'clipboard-write'],
    });

    await page.getByRole('button', { name: 'Copy the path of take 1' }).click();

    await eventually(() => page.locator('#said').textContent()).toContain('Copied the path of take 1');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(pathOfTake1(room.bucketFolder));
  });

  test('shows the text selected if the browser does not let the page copy', async () => {
    const room = await openTestRoom([keptSong('song')]);
    const page = await openPage(browser(), room, { at: '#/task/song' });
    await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed")); undefined');

    await page.getByRole('button', { name: 'Copy the path of take 1' }).click();

    await page.getByRole('dialog', { name: 'Copy this' }).waitFor();
    expect(await page.evaluate('getSelection().toString()')).toBe(pathOfTake1(room.bucketFolder));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.locator('#task').isVisible()).toBe(true);
  });
});
