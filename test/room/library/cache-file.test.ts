import { appendFile, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cacheFileFor, loadCache, saveCache } from '../../../room/library/cache-file.ts';
import { temporaryFolder } from '../../cli/cli-setup.ts';
import { assetOf, trackOf } from '../../cli/records.ts';
import { entryFor } from './entries.ts';

const place = 's3://music';
const failure = { code: 501, outcome: 'generation_failed', msg: 'It failed.', advice: '' };
const entries = [
  entryFor({ taskId: 'whole', labels: { a: 'b' }, tracks: [trackOf('t', 'Iron\nMan \u2028')] }),
  entryFor({ taskId: 'failed', status: 'failed', failure }),
  entryFor({ taskId: 'open', status: 'archiving', assets: [assetOf({ kind: 'audio' })] }),
  entryFor({ taskId: 'odd', assets: [assetOf({ kind: 'audio', state: 'quarantined' })] }),
];

async function savedFile() {
  const file = cacheFileFor(place, { XDG_CACHE_HOME: await temporaryFolder() });
  await saveCache(file, place, entries);
  return file;
}

test('what was saved is read back as it was', async () => {
  const found = await loadCache(await savedFile(), place);

  expect([...found.values()]).toEqual(entries);
  expect(found.get('tasks/whole.json')).toEqual(entries[0]);
});

test('only its owner may read it, and no temporary file stays', async () => {
  const file = await savedFile();
  await saveCache(file, place, entries);

  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
  expect(await readdir(dirname(file))).toHaveLength(1);
});

test('each bucket has its own, where the system keeps such files', () => {
  expect(cacheFileFor('a', { XDG_CACHE_HOME: '/cache' })).toMatch(
    /^\/cache\/trackkeeper\/browse-[0-9a-f]{16}\.ndjson$/,
  );
  expect(cacheFileFor('a', {})).not.toBe(cacheFileFor('b', {}));
  expect(dirname(cacheFileFor('a', { XDG_CACHE_HOME: 'relative' }))).toBe(join(homedir(), '.cache/trackkeeper'));
});

test('a file is never written through a symbolic link', async () => {
  const file = await savedFile();
  const other = join(dirname(file), 'other');
  await writeFile(other, 'mine');
  await symlink(other, `${file}.${process.pid}.tmp`);

  await saveCache(file, place, []);
  expect((await loadCache(file, place)).size).toBe(entries.length);
  // The link itself is out of the way by then.
  await saveCache(file, place, entries.slice(1));

  expect(await readFile(other, 'utf8')).toBe('mine');
  expect((await loadCache(file, place)).size).toBe(entries.length - 1);
});

describe('is discarded completely', () => {
  test('where it is a link', async () => {
    const file = await savedFile();
    await rename(file, `${file}.whole`);
    await symlink(`${file}.whole`, file);

    expect(await loadCache(file, place)).toEqual(new Map());
  });

  test('where it is a device, which never ends', async () => {
    expect(await loadCache('/dev/zero', place)).toEqual(new Map());
  });

  test('where there is none', async () => {
    expect(await loadCache('/nowhere/at/all', place)).toEqual(new Map());
  });

  test('where it belongs to another bucket', async () => {
    expect(await loadCache(await savedFile(), 's3://other')).toEqual(new Map());
  });

  test.each([
    ['cut', (text: string) => text.slice(0, -40)],
    ['of another version', (text: string) => text.replace('"version":2', '"version":1')],
    ['without its first line', (text: string) => text.slice(text.indexOf('\n') + 1)],
    ['of other fields', (text: string) => text.replace('"status":"failed"', '"status":"lost"')],
    ['no text at all', () => '\0\0\0'],
    ['empty', () => ''],
  ])('where it is %s', async (_, damage) => {
    const file = await savedFile();
    await writeFile(file, damage(await readFile(file, 'utf8')));

    expect(await loadCache(file, place)).toEqual(new Map());
  });

  test('where something follows that is no entry', async () => {
    const file = await savedFile();
    await appendFile(file, 'x\n');

    expect(await loadCache(file, place)).toEqual(new Map());
  });
});

test('where it cannot be written, nothing comes of it', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'trackkeeper'), 'a file in its way');
  await mkdir(join(folder, 'other'));
  const file = cacheFileFor(place, { XDG_CACHE_HOME: folder });

  await expect(saveCache(file, place, entries)).resolves.toBeUndefined();
  expect((await readdir(folder)).sort()).toEqual(['other', 'trackkeeper']);
});
