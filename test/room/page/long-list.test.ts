import { expect, test } from 'vitest';
import type { BucketReader } from '../../../client/target.ts';
import { recordKey } from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { setUpCli } from '../../cli/cli-setup.ts';
import { describeInBrowser } from './browser.ts';
import { eventually, keptSong, openPage, openRoomOn } from './test-room.ts';

const count = 10_000;

/** Fifty on each day; task-0 is the newest. Records only: the tests request no file. */
function song(number: number) {
  const firstSeenAt = new Date(Date.parse('2026-11-20T23:59:00.000Z') - number * 1_728_000).toISOString();
  const { record } = keptSong(`task-${number}`, { title: `Song ${number}`, firstSeenAt });
  const assets = record.assets.filter(({ kind }) => kind === 'audio');
  return { ...record, assets };
}

/** Spares writing ten thousand files to the disk. */
function inMemoryBucket(records: readonly TaskRecord[]) {
  const bodies = new Map<string, Buffer>();
  const put = (record: TaskRecord) => bodies.set(recordKey(record.taskId), Buffer.from(JSON.stringify(record)));
  records.forEach(put);
  const modified = new Date('2026-11-21T00:00:00.000Z');
  const bucket: BucketReader = {
    async *list() {
      for (const [key, { length: bytes }] of bodies) yield { key, bytes, modified, etag: '"1"' };
    },
    async read(key) {
      const body = bodies.get(key);
      return body && { body, modified, metadata: {} };
    },
    open: async () => undefined,
    openRange: async () => 'missing',
  };
  return { bucket, put };
}

const songs = (count: number) => Array.from({ length: count }, (_, number) => song(number));

await describeInBrowser('ten thousand tasks', (browser) => {
  test('scroll from end to end with a bounded page, and each line in its place', { timeout: 120_000 }, async () => {
    const { data } = await setUpCli();
    const room = await openRoomOn(data, inMemoryBucket(songs(count)).bucket);
    const page = await openPage(browser(), room);
    await expect.poll(() => page.locator('#state').textContent(), { timeout: 90_000 }).toBe('10,000 tasks');
    const nodes: number[] = [];

    for (const share of [0.1, 0.35, 0.5, 0.75, 0.9, 1]) {
      await page.evaluate(
        `{ const list = document.querySelector('#library'); list.scrollTop = list.scrollHeight * ${share}; }`,
      );
      await eventually(() => page.locator('.row:not(.absent) .title').count()).toBeGreaterThan(5);
      nodes.push(await page.evaluate<number>('document.querySelectorAll("*").length'));
    }

    expect(Math.max(...nodes)).toBeLessThan(1500);
    await page.getByRole('link', { name: 'Song 9999', exact: true }).waitFor();
    const [heading] = await page.locator('.list h2').allTextContents();
    expect(heading).toMatch(/\d{4}$/);

    await page.locator('.row .title').first().focus();
    await page.keyboard.press('Home');
    await eventually(() => page.evaluate('document.activeElement.textContent')).toBe('Song 0');
    for (let step = 0; step < 60; step++) await page.keyboard.press('ArrowDown');
    await eventually(() => page.evaluate('document.activeElement.textContent')).toBe('Song 60');
    expect(await page.evaluate('document.activeElement.closest(".row").ariaPosInSet')).toBe('11');

    await page.keyboard.press('/');
    await page.keyboard.type('song 7777');
    await eventually(() => page.locator('.row .title').allTextContents()).toEqual(['Song 7777']);
  });

  test('are loaded at every scroll position, even while a line far above has the focus', async () => {
    const { data } = await setUpCli();
    const room = await openRoomOn(data, inMemoryBucket(songs(1000)).bucket);
    const page = await openPage(browser(), room);
    await eventually(() => page.locator('#state').textContent()).toBe('1,000 tasks');
    await page.getByRole('link', { name: 'Song 0', exact: true }).focus();

    await page.evaluate("document.querySelector('#library').scrollTop = 50_000");

    await page.getByRole('link', { name: 'Song 690', exact: true }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Song 0');
  });

  test('stay in place on the screen when a new task is added above', async () => {
    const { data } = await setUpCli();
    const { bucket, put } = inMemoryBucket(songs(300));
    const room = await openRoomOn(data, bucket);
    const page = await openPage(browser(), room);
    await eventually(() => page.locator('#state').textContent()).toBe('300 tasks');
    await page.evaluate("document.querySelector('#library').scrollTop = 3333");
    const line = page.getByRole('link', { name: 'Song 45', exact: true });
    await line.waitFor();
    const before = await line.boundingBox();

    put(song(-1));

    await eventually(() => page.locator('#state').textContent()).toBe('301 tasks');
    await page.locator('.row[data-line="46"][data-id="task-45"]').waitFor();
    expect(await line.boundingBox()).toEqual(before);
  });
});
