// A listening room on a local bucket, and a browser page that shows it.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { recordKey } from '../../../functions/domain/object-key.ts';
import type { Asset, TaskRecord } from '../../../functions/domain/record.ts';
import type { ListeningRoom } from '../../../room/open-room.ts';
import { setUpCli } from '../../cli/cli-setup.ts';
import { recordOf, storedAsset, trackOf } from '../../cli/records.ts';
import { roomOn } from './room-on.ts';

const media = join(import.meta.dirname, '../../../local/demo/media');
const read = (name: string) => readFileSync(join(media, name));
const [track1, track2, cover1, cover2, film] = [
  read('track-1.mp3'),
  read('track-2.mp3'),
  read('cover-1.jpeg'),
  read('cover-2.jpeg'),
  read('track-1.mp4'),
] as const;

/** By key. */
type Files = Map<string, Buffer>;
export type Kept = { record: TaskRecord; files: Files };

const lyrics = '[Verse]\nPaper lanterns on the water\n\n[Chorus]\nHold the light';

type Words = { title?: string; tags?: string; lyrics?: string } & Partial<TaskRecord>;

/** A task with two takes, each with its cover. */
export function keptSong(taskId: string, { title = 'Paper Lanterns', tags = 'calm', ...more }: Words = {}): Kept {
  const { lyrics: prompt = lyrics, ...rest } = more;
  const day = (rest.firstSeenAt ?? '2026-11-20').slice(0, 10);
  const folder = `library/${day.slice(0, 7)}/${day}_Song_${taskId}`;
  const files: Files = new Map();
  const keep = (kind: Asset['kind'], trackId: string, name: string, bytes: Buffer, contentType: string) => {
    const key = `${folder}/${name}`;
    files.set(key, bytes);
    return storedAsset({ kind, trackId, key, contentType }, bytes);
  };
  const assets = [
    keep('audio', 'one', 'Song_one.mp3', track1, 'audio/mpeg'),
    keep('image', 'one', 'Song_one.jpeg', cover1, 'image/jpeg'),
    keep('audio', 'two', 'Song_two.mp3', track2, 'audio/mpeg'),
    keep('image', 'two', 'Song_two.jpeg', cover2, 'image/jpeg'),
  ];
  const track = (trackId: string, durationSeconds: number) => ({
    ...trackOf(trackId, title),
    ...{ tags, model: 'chirp-v4-5', prompt, durationSeconds },
  });
  const tracks = [track('one', 8.15), track('two', 10.16)];
  return { record: recordOf({ taskId, folder, tracks, assets, ...rest }), files };
}

export function keptFilm(taskId: string): Kept {
  const folder = `library/2026-11/2026-11-20_Film_${taskId}`;
  const key = `${folder}/Film.mp4`;
  const assets = [storedAsset({ kind: 'video', key, contentType: 'video/mp4' }, film)];
  return { record: recordOf({ taskId, folder, kind: 'video', assets }), files: new Map([[key, film]]) };
}

/** 170 s of silence in 30 MB: too long for a browser to fetch it completely in advance. */
export function keptSilence(taskId: string): Kept {
  const { record } = keptSong(taskId, { title: 'Silence' });
  const key = `library/2026-11/2026-11-20_Song_${taskId}/Silence.wav`;
  const bytes = Buffer.alloc(30_000_044);
  bytes.write('RIFF');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(44_100, 24);
  bytes.writeUInt32LE(176_400, 28);
  bytes.writeUInt16LE(4, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(bytes.length - 44, 40);
  const assets = [storedAsset({ kind: 'wav', trackId: 'one', key, contentType: 'audio/wav' }, bytes)];
  return { record: { ...record, assets, tracks: record.tracks.slice(0, 1) }, files: new Map([[key, bytes]]) };
}

export async function openRoomOn(...of: Parameters<typeof roomOn>): Promise<ListeningRoom> {
  const room = await roomOn(...of);
  onTestFinished(room.close);
  return room;
}

export async function openTestRoom(kept: readonly Kept[]) {
  const bench = await setUpCli();
  const put = async (key: string, bytes: Buffer | string) => {
    const path = join(bench.bucketFolder, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  const putRecord = (record: TaskRecord) => put(recordKey(record.taskId), JSON.stringify(record));
  for (const { record, files } of kept) {
    for (const [key, bytes] of files) await put(key, bytes);
    await putRecord(record);
  }
  return { ...bench, put, putRecord, ...(await openRoomOn(bench.data)) };
}

type Look = BrowserContextOptions & {
  at?: string;
  /** Browser errors that the test causes. */
  expected?: RegExp;
};

/** A page that has loaded. The test fails if the browser reports an error, or if the page sends a request elsewhere. */
export async function openPage(
  browser: Browser,
  room: { url: string },
  { at = '', expected, ...look }: Look = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...look });
  const page = await context.newPage();
  page.setDefaultTimeout(timeoutMs);
  const { origin } = new URL(room.url);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`request to another server: ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(complaints.filter((complaint) => !expected?.test(complaint))).toEqual([]);
  });
  await page.goto(room.url);
  if (at !== '') await page.goto(`${origin}/${at}`);
  await eventually(() => page.locator('#state').textContent()).toMatch(/tasks?$/);
  await page.locator('.row, .nothing:not(.so-far)').first().waitFor({ state: 'attached' });
  return page;
}

/** Far more than a busy machine needs. */
const timeoutMs = 20_000;

export const eventually = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: timeoutMs, interval: 50 });

export const heardSeconds = (page: Page) => page.evaluate<number>('document.querySelector("#audio").currentTime');
export const isPlaying = (page: Page) => page.evaluate<boolean>('!document.querySelector("#audio").paused');
