import { expect, test } from 'vitest';
import { parseRecord } from '../../../client/read-records.ts';
import { entryOf } from '../../../room/library/entry.ts';
import { assetOf, recordOf, trackOf } from '../../cli/records.ts';

const entry = (more: Parameters<typeof recordOf>[0]) => entryOf(recordOf(more), { key: 'tasks/x.json', etag: '"1"' });
const stored = (kind: 'audio' | 'video' | 'image' | 'stem', trackId: string | null, key: string, name = '') =>
  assetOf({ kind, trackId, key, name, state: 'stored' });

test('both takes of a task stand next to each other, each with its own files', () => {
  const { line } = entry({
    taskId: 'x',
    tracks: [trackOf('a', 'Iron Man'), trackOf('b', 'Iron Man')],
    assets: [stored('image', 'b', 'b.jpeg'), stored('audio', 'a', 'a.mp3'), stored('audio', 'b', 'b.mp3')],
  });

  expect(line.takes).toMatchObject([
    { trackId: 'a', title: 'Iron Man', audio: 'a.mp3', video: null, cover: null },
    { trackId: 'b', title: 'Iron Man', audio: 'b.mp3', video: null, cover: 'b.jpeg' },
  ]);
  expect(line).toMatchObject({ files: 3, stored: 3, title: 'Iron Man' });
});

test('stems and covers with names of their own have entries of their own', () => {
  const { line } = entry({
    taskId: 'x',
    kind: 'stems',
    assets: [
      stored('stem', null, 'v.mp3', 'Vocal'),
      stored('stem', null, 'd.mp3', 'Drums'),
      stored('image', null, 'c.png'),
    ],
  });

  expect(line.takes.map(({ title, audio, cover }) => [title, audio, cover])).toEqual([
    ['Vocal', 'v.mp3', null],
    ['Drums', 'd.mp3', null],
    ['image', null, 'c.png'],
  ]);
});

test('what is not stored is not played: not what is open, and never what is in quarantine', () => {
  const { line } = entry({
    taskId: 'x',
    tracks: [trackOf('a', 'Iron')],
    assets: [
      assetOf({ kind: 'audio', trackId: 'a', key: 'old.mp3', state: 'open' }),
      assetOf({ kind: 'video', trackId: 'a', key: 'quarantine/x/a.video.bin', state: 'quarantined' }),
    ],
  });

  expect(line.takes).toMatchObject([{ audio: null, video: null, cover: null }]);
  expect(line).toMatchObject({ files: 2, stored: 0 });
});

test('a large file on its way shows how far it has come, and never more than there is', () => {
  const progress = (checkedParts: number, totalBytes: number) => ({
    ...{ source: '', version: '', partBytes: 100, key: '', contentType: '', uploadId: null, crc32: 0, structure: null },
    ...{ checkedParts, totalBytes, at: '2026-11-20T12:00:00Z' },
  });
  const on = (...parts: [number, number][]) =>
    entry({
      taskId: 'x',
      assets: parts.map(([checked, total]) => assetOf({ kind: 'video', progress: progress(checked, total) })),
    });

  expect(on([2, 250], [3, 250]).line.progress).toEqual({ bytes: 450, ofBytes: 500 });
  expect(entry({ taskId: 'x', assets: [assetOf({ kind: 'video' })] }).line.progress).toBeNull();
});

test('C8: a task whose only song of `first` failed needs no attention as failed while `complete` is still to arrive', () => {
  const attempts = [{ at: '2026-11-20T12:00:00Z', source: '', code: 'not_found', detail: 'it said 404' }];
  const failed = assetOf({ kind: 'audio', trackId: 'a', state: 'failed', attempts });
  const stages = [{ stage: 'first' as const, code: 200, at: '2026-11-20T12:00:00.000Z' }];
  const failure = { code: null, outcome: 'files_missing', msg: '1 of 1 files', advice: 'retry' };
  const dueAt = '2026-11-20T12:15:00.000Z';
  const old = recordOf({ taskId: 'x', status: 'failed', failure, stages, assets: [failed], dueAt });
  const read = parseRecord(JSON.stringify(old));
  if (read === undefined) throw new Error('the record was not read');

  const { line, concern } = entryOf(read, { key: 'tasks/x.json', etag: '"1"' });

  expect(line.status).toBe('waiting');
  expect(concern).toMatchObject({ what: 'open', reason: 'it said 404', dueAt });
});

test('a line is bounded, whatever a record says', () => {
  const long = 'x'.repeat(100_000);
  const tracks = Array.from({ length: 200 }, (_, index) => ({
    ...trackOf(`${index}${long}`, '🎵'.repeat(5_000)),
    ...{ tags: long, model: long },
  }));

  const detail = 'y'.repeat(500);
  const attempts = [{ at: '2026-11-20T12:00:00Z', source: '', code: 'unknown_media', detail }];
  const quarantined = assetOf({ kind: 'audio', state: 'quarantined', attempts });
  const assets = Array.from({ length: 200 }, () => quarantined);

  const { line, concern, text } = entry({ taskId: long, tracks, assets });

  expect(JSON.stringify([line, concern]).length).toBeLessThan(40_000);
  expect(text.length).toBeLessThanOrEqual(4096);
  expect(line.title?.isWellFormed()).toBe(true);
});
