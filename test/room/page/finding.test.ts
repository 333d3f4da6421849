import { expect, test } from 'vitest';
import type { BucketReader } from '../../../client/target.ts';
import { setUpCli } from '../../cli/cli-setup.ts';
import { describeInBrowser } from './browser.ts';
import { eventually, type Kept, keptFilm, keptSong, openPage, openRoomOn, openTestRoom } from './test-room.ts';

const songs = (): Kept[] => [
  keptSong('newest', {
    title: 'Salt',
    tags: 'folk',
    firstSeenAt: '2026-11-21T09:00:00.000Z',
    labels: { project: 'sea' },
  }),
  keptSong('middle', {
    title: 'Iron',
    tags: 'metal',
    lyrics: 'Down in the harbour',
    firstSeenAt: '2026-11-20T13:00:00.000Z',
  }),
  keptFilm('film'),
];

await describeInBrowser('finding', (browser) => {
  const openSongs = async (at = '') => openPage(browser(), await openTestRoom(songs()), { at });

  test('lists the newest task first, below its day', async () => {
    const page = await openSongs();

    await eventually(() => page.locator('.row .title').allTextContents()).toEqual(['Salt', 'Iron', 'Video film']);
    expect(await page.locator('.list h2').allTextContents()).toEqual([
      expect.stringContaining('21 November 2026'),
      expect.stringContaining('20 November 2026'),
    ]);
  });

  test.each([
    ['a title', 'salt', 'Salt'],
    ['tags', 'metal', 'Iron'],
    ['lyrics', 'harbour', 'Iron'],
    ['a label', 'project=sea', 'Salt'],
    ['a task id', 'middle', 'Iron'],
  ])('searches %s', async (_, words, title) => {
    const page = await openSongs();

    await page.keyboard.press('/');
    await page.keyboard.type(words);

    await eventually(() => page.locator('.row .title').allTextContents()).toEqual([title]);
    expect(await page.locator('#state').textContent()).toBe('1 of 3 tasks');
  });

  test('shows the result of the last search, even if an earlier answer arrives later', async () => {
    const page = await openSongs();
    const { promise: isLate, resolve: letGo } = Promise.withResolvers<void>();
    const late: Promise<void>[] = [];
    await page.route(/q=salt/, (route) => void late.push(isLate.then(() => route.continue()).catch(() => {})));

    await page.locator('#search').fill('salt');
    await eventually(async () => late.length).toBe(1);
    await page.locator('#search').fill('iron');
    await eventually(() => page.locator('.row .title').allTextContents()).toEqual(['Iron']);
    letGo();
    await Promise.all(late);
    await page.evaluate('fetch("/api/tasks?q=salt2").then((answer) => answer.text())');
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');

    expect(await page.locator('.row .title').allTextContents()).toEqual(['Iron']);
  });

  test('says that nothing matches, and offers to show everything', async () => {
    const page = await openSongs('#/?q=zither');

    await page.getByRole('button', { name: 'Show everything' }).click();

    await eventually(() => page.locator('.row').count()).toBe(3);
    expect(await page.locator('#search').inputValue()).toBe('');
  });

  test('filters by status and kind, and a reload keeps the filter', async () => {
    const page = await openSongs();
    await page.getByLabel('Kind').selectOption('video');
    await eventually(() => page.locator('.row .title').allTextContents()).toEqual(['Video film']);

    await page.reload();

    await eventually(() => page.locator('.row .title').allTextContents()).toEqual(['Video film']);
    expect(await page.getByLabel('Kind').inputValue()).toBe('video');
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('Nothing matches').waitFor();
  });

  test('opens a task by its link after a reload, and the back button closes it', async () => {
    const page = await openSongs();
    await page.getByRole('link', { name: 'Iron' }).click();
    await page.locator('#task .lyrics').waitFor();

    await page.reload();

    await eventually(() => page.locator('#task .lyrics').textContent()).toContain('Down in the harbour');
    expect(new URL(page.url()).hash).toBe('#/task/middle');
    await page.goBack();
    await page.locator('#task').waitFor({ state: 'hidden' });
    await page.goForward();
    await page.locator('#task .lyrics').waitFor();
  });

  test('says that the task of a link does not exist', async () => {
    const room = await openTestRoom(songs());
    const page = await openPage(browser(), room, { at: '#/task/gone', expected: /status of 404/ });

    await eventually(() => page.locator('#task').textContent()).toContain('There is no task gone');
  });

  test('says what to do with an empty library', async () => {
    const page = await openPage(browser(), await openTestRoom([]));

    expect(await page.locator('.nothing').textContent()).toContain('npm run demo');
    expect(await page.locator('.nothing').textContent()).toContain('npm run --silent url');
  });

  test('does not call a bucket empty before it has been read', async () => {
    const { data } = await setUpCli();
    const { promise: everything, resolve: tellEverything } = Promise.withResolvers<void>();
    const bucket: BucketReader = {
      async *list() {
        await everything;
        yield* [];
      },
      read: async () => undefined,
      open: async () => undefined,
      openRange: async () => 'missing',
    };
    const room = await openRoomOn(data, bucket);
    const page = await (await browser().newContext()).newPage();

    await page.goto(room.url);

    await page.getByText('Looking into the bucket').waitFor();
    tellEverything();
    await page.getByText('No music yet').waitFor();
    await page.context().close();
  });
});
