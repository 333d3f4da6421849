import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBucketFolder } from '../../../local/demo/bucket-folder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-bucket-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(key: string, content: string) {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), content);
}

describe('readBucketFolder', () => {
  it('lists every file below a prefix by its key', async () => {
    await put('library/2026-11/Été/song.mp3', 'abc');
    await put('library/b.txt', '');
    await put('tasks/t.json', '{}');

    expect(await readBucketFolder(folder).list('library')).toEqual([
      { path: 'library/2026-11/Été/song.mp3', bytes: 3 },
      { path: 'library/b.txt', bytes: 0 },
    ]);
  });

  it('finds nothing where nothing was written yet', async () => {
    const bucket = readBucketFolder(folder);

    expect(await bucket.list('library')).toEqual([]);
    expect(await bucket.record('t')).toBeUndefined();
    expect(await bucket.bytes('library/x')).toBeUndefined();
  });

  it('reads a record and keeps the fields it does not know', async () => {
    const record = { taskId: 't', kind: 'music', status: 'waiting', folder: null, labels: {}, failure: null };
    await put('tasks/t.json', JSON.stringify({ ...record, stages: [], tracks: [], assets: [], later: true }));

    expect(await readBucketFolder(folder).record('t')).toMatchObject({ ...record, later: true });
  });

  it('refuses what is no record', async () => {
    await put('tasks/t.json', '{"taskId":1}');

    await expect(readBucketFolder(folder).record('t')).rejects.toThrow('status');
  });
});
