import { expect, test } from 'vitest';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { createClaims } from '../../../room/library/claimed-file.ts';
import { entryOf } from '../../../room/library/entry.ts';
import { assetOf, recordOf, trackOf } from '../../cli/records.ts';

function openClaims(...records: TaskRecord[]) {
  const byKey = new Map(records.map((record) => [`tasks/${record.taskId}.json`, record]));
  const reads: string[] = [];
  const claimed = createClaims({
    entries: () => [...byKey].map(([key, record]) => entryOf(record, { key, etag: '"1"' })),
    read: async (key) => {
      reads.push(key);
      return byKey.get(key);
    },
  });
  return { claimed, reads, put: (record: TaskRecord) => byKey.set(`tasks/${record.taskId}.json`, record) };
}

const folder = 'library/2026-11/2026-11-20_Iron_1';
const asset = (key: string, state: 'stored' | 'quarantined' | 'open') =>
  assetOf({ kind: 'audio', trackId: 'a', key, state, bytes: 7, contentType: 'audio/mpeg' });
const iron = recordOf({
  taskId: 'iron',
  folder,
  tracks: [trackOf('a', 'Iron: Man')],
  assets: [
    asset(`${folder}/a.mp3`, 'stored'),
    asset('quarantine/iron/a.audio.bin', 'quarantined'),
    asset(`${folder}/old.mp3`, 'open'),
  ],
});

test('a file that a record claims is known by its title', async () => {
  const { claimed } = openClaims(recordOf({ taskId: 'other', folder: 'library/other' }), iron);

  expect(await claimed(`${folder}/a.mp3`)).toEqual({
    ...{ state: 'stored', bytes: 7, contentType: 'audio/mpeg', fileName: 'Iron Man.mp3' },
  });
  expect(await claimed('quarantine/iron/a.audio.bin')).toMatchObject({ state: 'quarantined' });
});

test.each([
  'tasks/iron.json',
  'callbacks/iron/complete-12345678.json',
  'schedule/20261120T120000Z/iron',
  `${folder}/notes.txt`,
  `${folder}/old.mp3`,
  `${folder}/../../../tasks/iron.json`,
  'library/',
  '',
])('%s is no such file, though it may stand in the bucket', async (key) => {
  const { claimed } = openClaims(iron);

  expect(await claimed(key)).toBeUndefined();
});

test('its record is read once, however many pieces of how many of its files are asked for', async () => {
  const { claimed, reads } = openClaims(iron);

  for (let piece = 0; piece < 10; piece++) await claimed(`${folder}/a.mp3`);
  await claimed('quarantine/iron/a.audio.bin');

  expect(reads).toEqual(['tasks/iron.json']);
});

test('records are held for those files that were asked for last', async () => {
  const records = Array.from({ length: 257 }, (_, number) => {
    const place = `library/${number}`;
    return recordOf({ taskId: `${number}`, folder: place, assets: [asset(`${place}/a.mp3`, 'stored')] });
  });
  const { claimed, reads } = openClaims(...records);
  const ask = async (number: number) => expect(await claimed(`library/${number}/a.mp3`)).toBeDefined();
  for (let number = 0; number < 256; number++) await ask(number);
  // It is the one that was asked for last, though the one that was read first.
  await ask(0);
  await ask(256);
  reads.splice(0);

  for (const number of [0, 2, 256]) await ask(number);
  expect(reads).toEqual([]);
  await ask(1);
  expect(reads).toEqual(['tasks/1.json']);
});

test('a file that was stored since is claimed as soon as its record says so', async () => {
  const { claimed, put } = openClaims(iron);
  await claimed(`${folder}/a.mp3`);

  put({ ...iron, assets: [asset(`${folder}/old.mp3`, 'stored')] });

  expect(await claimed(`${folder}/old.mp3`)).toMatchObject({ state: 'stored' });
});

test.each([`${folder}2/b.mp3`, `${folder}.mp3`, 'quarantine/iron2/a.audio.bin', 'quarantine/iron'])(
  'what a record says of %s, which is in no folder of its own, is not believed',
  async (key) => {
    const { claimed, reads } = openClaims({ ...iron, assets: [asset(key, 'stored')] });

    expect(await claimed(key)).toBeUndefined();
    expect(reads).toEqual([]);
  },
);

test.each(['callbacks', 'schedule', 'tasks', 'answers', 'quarantine', ''])(
  'a record that names %s/ as its folder claims nothing there',
  async (elsewhere) => {
    const key = `${elsewhere}/other.json`;
    const { claimed, reads } = openClaims({ ...iron, folder: elsewhere, assets: [asset(key, 'stored')] });

    expect(await claimed(key)).toBeUndefined();
    expect(reads).toEqual([]);
  },
);
