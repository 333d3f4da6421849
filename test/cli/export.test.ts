import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setUpCli, temporaryFolder } from './cli-setup.ts';
import { assetOf, recordOf, storedAsset, trackOf } from './records.ts';

const [song, otherSong] = [Buffer.from('a song'), Buffer.alloc(300_000, 'another song')];
const [one, two] = ['8551e0a4-7b6e-4b52-9d2a-6a1f0c0b1d2e', '0a1b2c3d-7b6e-4b52-9d2a-6a1f0c0b1d2e'];

async function benchWithSongs() {
  const bench = await setUpCli();
  const assets = [
    storedAsset({ kind: 'audio', trackId: one, key: 'library/x/Iron-Man_8551e0a4.mp3' }, song),
    storedAsset({ kind: 'audio', trackId: two, key: 'library/x/Iron-Man_0a1b2c3d.mp3' }, otherSong),
    assetOf({ kind: 'image', trackId: one, state: 'failed' }),
  ];
  const tracks = [trackOf(one, 'Iron Man'), trackOf(two, 'Iron Man')];
  await bench.putRecord(recordOf({ taskId: 'song', tracks, assets }));
  await bench.put('library/x/Iron-Man_8551e0a4.mp3', song);
  await bench.put('library/x/Iron-Man_0a1b2c3d.mp3', otherSong);
  return { ...bench, folder: join(await temporaryFolder(), 'to', 'here') };
}

const outcomes = ({ answer }: { answer: { files: { outcome: string }[] } }) =>
  answer.files.map(({ outcome }) => outcome);

test('downloads what is stored under readable names, and a second time writes nothing', async () => {
  const { json, folder } = await benchWithSongs();

  const first = await json('export', 'song', folder);
  const written = await stat(join(folder, 'Iron Man (8551e0a4).mp3'));
  const second = await json('export', 'song', folder);

  expect([first.exitCode, outcomes(first)]).toEqual([0, ['written', 'written']]);
  expect(await readFile(join(folder, 'Iron Man (8551e0a4).mp3'))).toEqual(song);
  expect(await readFile(join(folder, 'Iron Man (0a1b2c3d).mp3'))).toEqual(otherSong);
  expect([second.exitCode, outcomes(second)]).toEqual([0, ['kept', 'kept']]);
  const { ino, mtimeMs } = written;
  expect(await stat(join(folder, 'Iron Man (8551e0a4).mp3'))).toMatchObject({ ino, mtimeMs });
  expect(await readdir(folder)).toHaveLength(2);
});

test('overwrites nothing that is another file, fetches the rest, and ends with 1', async () => {
  const { cli, folder } = await benchWithSongs();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'Iron Man (8551e0a4).mp3'), 'mine!!');

  const { exitCode, out } = await cli('export', 'song', folder);

  expect(exitCode).toBe(1);
  expect(out).toMatch(/refused.*8551e0a4.*another file is there: move it away/);
  expect(await readFile(join(folder, 'Iron Man (8551e0a4).mp3'), 'utf8')).toBe('mine!!');
  expect(await readFile(join(folder, 'Iron Man (0a1b2c3d).mp3'))).toEqual(otherSong);
});

test('leaves no file where the object is damaged or missing', async () => {
  const { json, folder, put, putRecord } = await benchWithSongs();
  const gone = storedAsset({ kind: 'wav', trackId: null, key: 'library/x/gone.wav' }, song);
  const damaged = storedAsset({ kind: 'audio', trackId: one, key: 'library/x/Iron-Man_8551e0a4.mp3' }, song);
  await putRecord(recordOf({ taskId: 'song', assets: [damaged, gone] }));
  await put('library/x/Iron-Man_8551e0a4.mp3', 'a gong');

  const { exitCode, answer } = await json('export', 'song', folder);

  expect(exitCode).toBe(1);
  expect(answer.files).toMatchObject([
    { outcome: 'refused', detail: expect.stringContaining('is damaged: CRC32') },
    { outcome: 'refused', detail: 'library/x/gone.wav is not in the bucket' },
  ]);
  expect(await readdir(folder)).toEqual([]);
});

test('takes what a crash left of a file for no file', async () => {
  const { json, folder } = await benchWithSongs();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'Iron Man (8551e0a4).mp3.part'), 'longer than the song is');

  expect(outcomes(await json('export', 'song', folder))).toEqual(['written', 'written']);
  expect(await readFile(join(folder, 'Iron Man (8551e0a4).mp3'))).toEqual(song);
  expect(await readdir(folder)).toHaveLength(2);
});

test.each([
  ['a task without a stored file', 'none', 'folder', 1, 'Nothing of none is stored'],
  ['an unknown task', 'nobody', 'folder', 1, 'no task nobody'],
  ['a folder that is a file', 'song', '.trackkeeper/deployment.json', 2, 'cannot be made'],
])('%s ends with what to do', async (_case, task, to, code, message) => {
  const { cli, data, putRecord } = await benchWithSongs();
  await putRecord(recordOf({ taskId: 'none' }));

  const { exitCode, err } = await cli('export', task, join(data, to));

  expect([exitCode, err]).toEqual([code, expect.stringContaining(message)]);
});
