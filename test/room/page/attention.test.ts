import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { limits } from '../../../functions/domain/limits.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { assetOf, recordOf, trackOf } from '../../cli/records.ts';
import { cover, isClosed, musicCallback, song, startFlow } from '../../flow/local.ts';
import { describeInBrowser } from './browser.ts';
import { eventually, keptSong, openPage, openRoomOn, openTestRoom } from './test-room.ts';

const hoursFromNow = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

function openRecord(taskId: string, hoursLeft: number): TaskRecord {
  const attempts = [
    { at: hoursFromNow(-1), source: 'https://example.com/a.mp3', code: 'forbidden', detail: 'the host said 403' },
  ];
  const waiting = { state: 'open', attempts, nextDueAt: hoursFromNow(2) } as const;
  return recordOf({
    taskId,
    status: 'archiving',
    firstSeenAt: hoursFromNow(hoursLeft - limits.linkLifetimeMs / 3_600_000),
    tracks: [trackOf('one', `Song ${taskId}`)],
    assets: [assetOf({ kind: 'audio', trackId: 'one', ...waiting })],
    dueAt: hoursFromNow(2),
  });
}

const failure = { code: 451, outcome: 'failed', msg: 'Unable to download', advice: 'Give it another upload URL.' };
const failed = (taskId: string) => recordOf({ taskId, status: 'failed', failure });
const focused = (page: Page) => page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.id');
const kept = (record: TaskRecord) => ({ record, files: new Map<string, Buffer>() });

/** A deployment that received a callback for a song, and could not fetch it. */
async function startWithoutSong(taskId: string) {
  const flow = await startFlow();
  onTestFinished(flow.close);
  const { host, files } = flow;
  files.set('/cover.jpeg', cover);
  const track = { id: 'one', title: 'Lost Song', audio_url: `${host}/song.mp3`, image_url: `${host}/cover.jpeg` };
  await flow.post(musicCallback('complete', taskId, [track]));
  // Both files were tried and the next try is scheduled: the archiver writes this record no more by itself.
  const isTried = ({ assets, dueAt, claim }: TaskRecord) =>
    dueAt !== null &&
    claim === null &&
    assets.every(({ state, attempts }) => state === 'stored' || attempts.length > 0);
  const open = await flow.record(taskId, isTried);
  return { flow, open };
}

await describeInBrowser('the list of tasks that need attention', (browser) => {
  test('is a list, the most urgent task first, each with the reason, the hours left and what to do', async () => {
    const room = await openTestRoom([kept(failed('wrong')), kept(openRecord('urgent', 30.5)), keptSong('whole')]);
    const page = await openPage(browser(), room);
    const way = page.getByRole('link', { name: 'Needs attention (2)' });

    await way.click();

    const [urgent, wrong] = await page.locator('.case').allTextContents();
    expect(urgent).toContain('Song urgent');
    expect(urgent).toContain('At risk 30 hours left · tried again in 2 hours');
    expect(urgent).toContain('the host said 403');
    expect(wrong).toContain('Failed');
    expect(wrong).toContain('Give it another upload URL.');
    // Without an API key nobody can be asked about a task that the provider failed.
    expect(await page.locator('.case .retry').count()).toBe(1);
    expect(await page.locator('.case .dismiss').count()).toBe(2);
  });

  test('says that nothing needs attention', async () => {
    const page = await openPage(browser(), await openTestRoom([keptSong('whole')]));

    await page.getByRole('link', { name: 'Needs attention', exact: true }).click();

    await eventually(() => page.locator('#attention .calm').textContent()).toContain('Nothing');
  });

  test('has a retry button that sends one request at a time and announces the result', async () => {
    const room = await openTestRoom([kept(openRecord('late', 300))]);
    const page = await openPage(browser(), room, { at: '#/attention' });
    const button = page.getByRole('button', { name: 'Retry Song late' });
    const answers: (() => Promise<void>)[] = [];
    await page.route('**/retry', (route) => void answers.push(() => route.continue()));

    await button.click();

    await eventually(() => button.isDisabled()).toBe(true);
    await answers[0]?.();
    await eventually(() => page.getByRole('status').textContent()).toContain('fetch audio one (open)');
    await eventually(() => button.isDisabled()).toBe(false);
    expect(await room.messages()).toMatchObject([{ type: 'retry', task: 'late' }]);
  });

  test('announces a failed retry request, and allows another one', async () => {
    const room = await openTestRoom([kept(openRecord('late', 300))]);
    const page = await openPage(browser(), room, { at: '#/attention', expected: /500/ });
    await page.route('**/retry', (route) =>
      route.fulfill({ status: 500, json: { error: 'The queue does not answer.' } }),
    );
    const button = page.getByRole('button', { name: 'Retry Song late' });

    await button.click();

    await eventually(() => page.getByRole('status').textContent()).toContain('The queue does not answer.');
    await eventually(() => button.isDisabled()).toBe(false);
  });

  test('shows without a reload what the deployment fetches after a retry', async () => {
    const { flow } = await startWithoutSong('late-task');
    const room = await openRoomOn(dirname(flow.deployment.bucketFolder));
    const page = await openPage(browser(), room, { at: '#/attention' });
    flow.files.set('/song.mp3', song);

    await page.getByRole('button', { name: 'Retry Lost Song' }).click();

    await flow.record('late-task', isClosed);
    await page.locator('#attention .calm').waitFor();
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('button', { name: 'Play Lost Song' }).waitFor();
  });

  test('loses a failed task that a retry has archived, all by the keyboard', async () => {
    const { flow, open } = await startWithoutSong('lost-task');
    // As the deadline closed it: every attempt was answered with 404.
    const failure = { code: null, outcome: 'files_missing', msg: 'audio: the host answered 404', advice: 'Retry it.' };
    const assets = open.assets.map((asset) => ({ ...asset, state: 'failed', nextDueAt: null }));
    const record = join(flow.deployment.bucketFolder, 'tasks', 'lost-task.json');
    await writeFile(record, JSON.stringify({ ...open, assets, failure, status: 'failed', dueAt: null }));
    const room = await openRoomOn(dirname(flow.deployment.bucketFolder));
    const page = await openPage(browser(), room, { at: '#/attention' });
    await page.evaluate('window.isTheSamePage = true');
    const lost = page.locator('.case', { hasText: 'Lost Song' });
    const retry = lost.getByRole('button', { name: 'Retry Lost Song' });

    await eventually(() => lost.locator('.why').textContent()).toContain('Failed');
    expect(await lost.locator('.reason').textContent()).toContain('404');
    flow.files.set('/song.mp3', song);
    await retry.press('Enter');

    await flow.record('lost-task', ({ status }) => status === 'archived');
    await page.locator('#attention .calm').waitFor();
    expect(await lost.count()).toBe(0);
    expect(await focused(page)).toBe('attention');
    await page.getByRole('link', { name: 'Library' }).press('Enter');
    await eventually(() => page.locator('.row .status').textContent()).toBe('Archived');
    await page.getByRole('button', { name: 'Play Lost Song' }).waitFor();
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
  });

  test('asks once before it retries all, and then sends one request for each', async () => {
    const room = await openTestRoom(['a', 'b', 'c'].map((id) => kept(openRecord(id, 300))));
    const page = await openPage(browser(), room, { at: '#/attention' });

    await page.getByRole('button', { name: 'Retry all 3' }).click();
    expect(await room.messages()).toEqual([]);
    await page.getByRole('button', { name: 'Retry them' }).click();

    await eventually(async () => (await page.locator('.case .said').allTextContents()).length).toBe(3);
    expect((await room.messages()).map((message) => message?.type)).toEqual(['retry', 'retry', 'retry']);
  });

  test('dismisses a task, and says that a retry undoes it', async () => {
    const room = await openTestRoom([kept(openRecord('unwanted', 300))]);
    const page = await openPage(browser(), room, { at: '#/attention' });

    await page.getByRole('button', { name: 'Dismiss Song unwanted' }).press('Enter');

    await eventually(() => page.locator('.case .said').textContent()).toContain('Retry undoes it');
    expect(await room.messages()).toMatchObject([{ type: 'dismiss', task: 'unwanted' }]);
  });

  test('sends one retry request, however often the button is pressed, and the button keeps the focus', async () => {
    const room = await openTestRoom([kept(openRecord('late', 300))]);
    const page = await openPage(browser(), room, { at: '#/attention' });
    const button = page.getByRole('button', { name: 'Retry Song late' });
    const answers: (() => Promise<void>)[] = [];
    await page.route('**/retry', (route) => void answers.push(() => route.continue()));

    await button.press('Enter');
    await eventually(() => button.textContent()).toBe('Asking…');
    for (let time = 0; time < 3; time++) await page.keyboard.press('Enter');
    await eventually(async () => answers.length).toBe(1);
    await answers[0]?.();

    await eventually(() => button.textContent()).toBe('Retry');
    expect(await focused(page)).toBe('Retry Song late');
    expect(await room.messages()).toHaveLength(1);
  });

  test.each(['constructor', '__proto__', 'toString'])(
    'shows no result for the task %s before its first retry',
    async (taskId) => {
      const room = await openTestRoom([kept({ ...openRecord(taskId, 300), taskId })]);
      const page = await openPage(browser(), room, { at: '#/attention' });

      const button = page.getByRole('button', { name: /^Retry/ });
      expect(await page.locator('.case .act').textContent()).toBe('RetryDismiss');
      await button.press('Enter');

      await eventually(() => page.locator('.case .said').textContent()).toContain('Retrying');
      expect(await room.messages()).toMatchObject([{ task: taskId }]);
    },
  );

  test.each([
    ['open', 'No audio yet.'],
    ['quarantined', 'Audio was refused: see Files.'],
    ['failed', 'Audio could not be stored: see Files.'],
  ] as const)('explains a take whose audio is %s', async (audioState, text) => {
    const assets = [assetOf({ kind: 'audio', trackId: 'one', state: audioState })];
    const record = recordOf({ taskId: 'task', status: 'archiving', tracks: [trackOf('one', 'Silent')], assets });
    const page = await openPage(browser(), await openTestRoom([kept(record)]), { at: '#/task/task' });

    await eventually(() => page.locator('.take .tags').last().textContent()).toBe(text);
  });

  test('lists the keys of records that cannot be read', async () => {
    const room = await openTestRoom([keptSong('whole')]);
    await room.put('tasks/broken.json', '{');
    const page = await openPage(browser(), room, { at: '#/attention' });

    await eventually(() => page.locator('#attention').textContent()).toContain('tasks/broken.json');
  });
});

await describeInBrowser('running transfers', (browser) => {
  test('show their progress without a reload, and keep focus and selection', async () => {
    const partBytes = 1_000_000;
    const at = (checkedParts: number): TaskRecord => {
      const { assets, ...record } = openRecord('large', 300);
      const [audio] = assets;
      const progress = {
        ...{ source: 'https://example.com/a.mp3', version: '"1"', totalBytes: 10 * partBytes, partBytes, checkedParts },
        ...{
          key: 'library/a',
          contentType: 'audio/mpeg',
          uploadId: null,
          crc32: 0,
          structure: null,
          at: hoursFromNow(0),
        },
      };
      return { ...record, assets: audio === undefined ? [] : [{ ...audio, progress }] };
    };
    const room = await openTestRoom([kept(at(2))]);
    const page = await openPage(browser(), room);
    const bar = page.locator('.row progress');
    await eventually(() => bar.getAttribute('value')).toBe('2000000');
    await page.evaluate('window.isTheSamePage = true');
    await page.keyboard.press('ArrowDown');
    await eventually(() => page.evaluate('document.activeElement.textContent')).toBe('Song large');
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('.row .title .words'))");

    await room.putRecord(at(7));

    await eventually(() => bar.getAttribute('value')).toBe('7000000');
    expect(await page.evaluate('window.isTheSamePage')).toBe(true);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Song large');
    expect(await page.evaluate('getSelection().toString()')).toBe('Song large');
  });

  test('end in a line that can be played, below a newer song', async () => {
    const room = await openTestRoom([kept(openRecord('song', 300))]);
    const page = await openPage(browser(), room);

    const [done, newer] = [
      keptSong('song'),
      keptSong('newer', { title: 'Newer', firstSeenAt: '2026-11-21T09:00:00.000Z' }),
    ];
    for (const { record, files } of [done, newer]) {
      for (const [key, bytes] of files) await room.put(key, bytes);
      await room.putRecord(record);
    }

    await page.getByRole('button', { name: 'Play take 1 of Paper Lanterns' }).waitFor();
    await eventually(() => page.locator('.row .title').allTextContents()).toEqual(['Newer', 'Paper Lanterns']);
  });

  test('are no longer shown when the command has ended, and the page says so', async () => {
    const room = await openTestRoom([keptSong('song')]);
    const page = await openPage(browser(), room, { expected: /ERR_/ });

    await room.close();

    await eventually(() => page.getByRole('alert').textContent()).toContain('does not answer');
  });
});
