// A page of a server on another port, in the same browser: the browser counts it as the same site and sends the cookie.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { describeInBrowser } from './browser.ts';
import { keptSong, openTestRoom } from './test-room.ts';

const kept = keptSong('song');
const [song = ''] = kept.files.keys();

async function openElsewhere(html = '') {
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

/** A browser that has signed in to the room, and has then opened a page of another server. */
async function openBoth(browser: Browser, name = '127.0.0.1') {
  const room = await openTestRoom([kept]);
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const own = await context.newPage();
  await own.goto(room.url);
  await own.locator('.row').waitFor();
  const page = await context.newPage();
  await page.goto((await openElsewhere()).replace('127.0.0.1', name));
  return { room, own, page, origin: new URL(room.url).origin };
}

const outcomeOf = (page: Page, script: string) => page.evaluate<string>(script);

/** Whether an element loads the address. */
const loaded = (tag: string, event: string, url: string) => `new Promise((done) => {
  const made = document.createElement('${tag}');
  made.addEventListener('${event}', () => done('loaded'));
  made.addEventListener('error', () => done('refused'));
  made.src = '${url}';
  document.body.append(made);
})`;

await describeInBrowser('a page of another server on this machine', (browser) => {
  test.each(['127.0.0.1', 'localhost'])('at %s reads nothing, and embeds nothing', async (name) => {
    const { page, origin } = await openBoth(browser(), name);
    const get = (path: string, options: string) =>
      outcomeOf(
        page,
        `fetch('${origin}${path}', ${options}).then((answer) => answer.type + answer.status, () => 'refused')`,
      );

    for (const path of ['/', '/api/tasks', '/api/changes', `/media/${song}`]) {
      expect(await get(path, '{ credentials: "include" }')).toBe('refused');
      expect(await get(path, '{ credentials: "include", mode: "no-cors" }')).toBe('refused');
    }
    const cover = [...kept.files.keys()].find((key) => key.endsWith('.jpeg'));
    expect(await outcomeOf(page, loaded('img', 'load', `${origin}/media/${cover}`))).toBe('refused');
    expect(await outcomeOf(page, loaded('audio', 'loadedmetadata', `${origin}/media/${song}`))).toBe('refused');
    expect(await outcomeOf(page, loaded('script', 'load', `${origin}/main.js`))).toBe('refused');
  });

  test('asks for no retry, by whatever means a page has', async () => {
    const { page, room, origin } = await openBoth(browser());
    const retry = `${origin}/api/tasks/song/retry`;
    const post = (options: string) =>
      outcomeOf(
        page,
        `fetch('${retry}', { method: 'POST', body: '{}', credentials: 'include', ${options} }).then(() => 'sent', () => 'refused')`,
      );

    expect(await post(`headers: { 'content-type': 'application/json' }`)).toBe('refused');
    expect(await post(`mode: 'no-cors', headers: { 'content-type': 'text/plain' }`)).toBe('refused');
    await page.evaluate(`navigator.sendBeacon('${retry}', '{}')`);
    await page.evaluate(`{
      const form = document.createElement('form');
      Object.assign(form, { action: '${retry}', method: 'post', enctype: 'text/plain' });
      document.body.append(form);
      form.submit();
    }`);
    await page.waitForURL(retry);

    expect(await page.textContent('body')).toContain('from another site');
    expect(await room.messages()).toEqual([]);
  });

  test('neither frames the room, nor opens it, nor guesses its way in', async () => {
    const { page, own, origin } = await openBoth(browser());

    await page.evaluate(`{
      const frame = document.createElement('iframe');
      frame.src = '${origin}/';
      document.body.append(frame);
    }`);
    await page.waitForFunction('frames.length === 1');
    const framed = await page.evaluate<string>(
      `fetch('${origin}/').catch(() => frames[0].document?.body.textContent).catch(() => 'not readable')`,
    );
    expect(framed).toBe('not readable');
    for (const path of ['/', '/?token=x', '/#/task/song']) {
      const [opened] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`void open('${origin}${path}')`)]);
      await opened.waitForLoadState();
      expect(await opened.locator('.row').count()).toBe(0);
      await opened.close();
    }
    await own.reload();
    await own.locator('.row').waitFor();
  });
});
