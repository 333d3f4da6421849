// Accessibility: by keyboard alone, on a narrow screen, magnified, light and dark.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { recordOf } from '../../cli/records.ts';
import { describeInBrowser } from './browser.ts';
import {
  eventually,
  heardSeconds,
  isPlaying,
  type Kept,
  keptFilm,
  keptSong,
  openPage,
  openTestRoom,
} from './test-room.ts';

const failure = { code: 451, outcome: 'failed', msg: 'Unable to download', advice: 'Give it another upload URL.' };
const longTitle = 'Every harbour and every gull that anybody ever sang about '.repeat(3);
const songs = (): Kept[] => [
  keptSong('newest', { title: 'Salt', firstSeenAt: '2026-11-21T09:00:00.000Z', labels: { project: 'sea' } }),
  keptSong('middle', { title: longTitle, tags: longTitle, firstSeenAt: '2026-11-20T13:00:00.000Z' }),
  keptFilm('film'),
  { record: recordOf({ taskId: 'wrong', status: 'failed', failure }), files: new Map() },
];

/** Each with an element that is there once the view is drawn. */
const views = {
  '#/task/newest': '#task[data-of=newest] .files',
  '#/task/film': '#task[data-of=film] video',
  '#/task/wrong': '#task[data-of=wrong] .advice',
  '#/attention': '.case',
  '#/?q=zither': '.nothing',
  '#/': '.row .play',
};

async function* viewsOf(page: Page): AsyncGenerator<string> {
  for (const [hash, there] of Object.entries(views)) {
    await page.evaluate(`location.hash = '${hash}'`);
    await page.locator(`${there}:visible`).first().waitFor();
    yield hash;
  }
}

const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent.trim()');

/** WCAG 2.2's contrast of each text with what is behind it, as it is computed for the screen; the poorest first. */
const poorestTexts = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b]
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const color = rgba(getComputedStyle(one).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  };
  const texts = [...document.body.querySelectorAll('*')].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue.trim() !== ''));
  return texts.map((element) => {
    const [one, other] = [luminance(rgba(getComputedStyle(element).color)), luminance(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return { contrast, text: element.textContent.slice(0, 40), of: element.className };
  }).sort((one, other) => one.contrast - other.contrast);
})()`;

const nameOfFocus = `(() => {
  const { activeElement: one, body } = document;
  return one === body ? '' : (one.ariaLabel ?? one.textContent).trim().slice(0, 24);
})()`;

/** Elements that reach beyond the right edge and are not cut off on purpose. */
const reachingOut = `[...document.querySelectorAll('header *, main *, #player *')]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1)
  .filter((element) => element.closest('.words') === null)
  .map((element) => element.outerHTML.slice(0, 80))`;

await describeInBrowser('reading', (browser) => {
  const openSongs = async (look: Parameters<typeof openPage>[2] = {}) =>
    openPage(browser(), await openTestRoom(songs()), look);

  test('works by keys alone: find a song, open it, listen, and close it', async () => {
    const page = await openSongs();

    await page.keyboard.press('ArrowDown');
    await eventually(() => focused(page)).toBe('Salt');
    await page.keyboard.press('ArrowDown');
    await eventually(() => focused(page)).toContain('Every harbour');
    await page.keyboard.press('ArrowUp');
    await eventually(() => focused(page)).toBe('Salt');
    await page.keyboard.press('Enter');
    await page.locator('#task .lyrics').waitFor();
    await eventually(() => page.evaluate('document.activeElement.id')).toBe('task-heading');
    await page.keyboard.press('Escape');
    await page.locator('#task').waitFor({ state: 'hidden' });
    await eventually(() => focused(page)).toBe('Salt');
    await page.keyboard.press('Space');
    await eventually(() => heardSeconds(page)).toBeGreaterThan(0.2);
    await page.keyboard.press('Space');
    await eventually(() => isPlaying(page)).toBe(false);
    await page.keyboard.press('End');
    await page.keyboard.press('Home');
    await eventually(() => focused(page)).toBe('Salt');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toContain('take 1 of Salt');
    await page.keyboard.press('/');
    await page.keyboard.type('every harbour /');
    expect(await page.locator('#search').inputValue()).toBe('every harbour /');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  test('has few tab stops before the list, and only one line of the list', async () => {
    const page = await openSongs();
    const stops: string[] = [];
    await page.locator('#home').focus();

    for (let stop = 0; stop < 9; stop++) {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate(nameOfFocus));
    }

    expect(stops).toEqual([
      'Library',
      'Needs attention (1)',
      'Search titles, tags, lyr',
      'Status',
      'Kind',
      'Keys',
      'Salt',
      'Play take 1 of Salt, 0:0',
      'Play take 2 of Salt, 0:1',
    ]);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(nameOfFocus)).toBe('');
  });

  test('focuses the line of a task that is closed, even if the task covered the list', async () => {
    const page = await openSongs({ viewport: { width: 320, height: 640 } });
    const focusedTask = () => page.evaluate('document.activeElement.closest(".row")?.dataset.id');
    await page.getByRole('link', { name: 'Every harbour' }).press('Enter');
    await eventually(() => page.evaluate('document.activeElement.id')).toBe('task-heading');

    await page.keyboard.press('Escape');

    await eventually(focusedTask).toBe('middle');
    expect(await page.locator('#task').isVisible()).toBe(false);
  });

  test('every control has a name', async () => {
    const page = await openSongs({ at: '#/task/newest' });
    await page.locator('#task .files').waitFor();
    await page.locator('.take .play').first().click();
    await page.locator('#player').waitFor();

    const nameless = await page.evaluate(`[...document.querySelectorAll('a, button, input, select, video, progress')]
      .filter((control) => control.checkVisibility())
      .filter((control) => !(control.getAttribute('aria-label') || control.textContent.trim() || control.labels?.length))
      .map((control) => control.outerHTML)`);

    expect(nameless).toEqual([]);
    expect(await page.locator('h1').count()).toBe(1);
  });

  test.each([
    ['the width of a small phone', { width: 320, height: 640 }],
    ['a window of 1280 × 800 at 200 % zoom', { width: 640, height: 400 }],
    ['the smallest width with a task beside the list', { width: 960, height: 600 }],
  ])('needs no scrolling to the side at %s', async (_, viewport) => {
    const page = await openSongs({ viewport });
    await page.locator('.row .play').first().click();
    await page.locator('#player').waitFor();

    for await (const view of viewsOf(page)) {
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect([view, await page.evaluate(reachingOut)]).toEqual([view, []]);
    }
    expect((await page.locator('#library').boundingBox())?.height).toBeGreaterThan(100);
  });

  test('a task that covers the list keeps the tab key from going behind it', async () => {
    const page = await openSongs({ viewport: { width: 320, height: 640 }, at: '#/task/newest' });
    await page.locator('#task .files').waitFor();

    await page.evaluate('document.querySelector(".row .title").focus()');

    expect(await page.evaluate('document.activeElement.id')).toBe('task-heading');
    await page.setViewportSize({ width: 1280, height: 800 });
    await eventually(() => page.evaluate('document.querySelector("#library").inert')).toBe(false);
  });

  test.each(['light', 'dark'] as const)('has the contrast that WCAG requires (AA) in %s mode', async (colorScheme) => {
    const page = await openSongs({ colorScheme });
    await page.locator('.row .play').first().click();
    await page.locator('#player').waitFor();

    for await (const view of viewsOf(page)) {
      const texts = await page.evaluate<{ contrast: number }[]>(poorestTexts);
      expect(texts.length).toBeGreaterThan(10);
      expect([view, texts.filter(({ contrast }) => contrast < 4.5)]).toEqual([view, []]);
    }
    const isDark = await page.evaluate<boolean>('matchMedia("(prefers-color-scheme: dark)").matches');
    expect(isDark).toBe(colorScheme === 'dark');
  });

  test('has no animation if the user prefers reduced motion', async () => {
    const page = await openSongs({ reducedMotion: 'reduce' });

    const moving = await page.evaluate(`[...document.querySelectorAll('*')].filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return transitionDuration !== '0s' || animationName !== 'none';
    }).length`);

    expect(moving).toBe(0);
  });
});
