import { describe, expect, test } from 'vitest';
import { planAssets } from '../../../functions/archiver/plan.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Asset, TaskKind, TaskRecord, Track } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';

const seen = '2026-11-20T18:04:11.137Z';
const idA = '8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c';
const idB = 'bd15c7f2-90aa-4e3b-8c11-7f5d2b9a1873';
const folder = 'library/2026-11/2026-11-20_Iron-Man_2fac5d0e';

const track = (trackId: string, more: Partial<Track> = {}): Track => ({
  ...{ trackId, stage: 'complete', seenAt: seen, title: 'Iron Man', tags: null, model: null, prompt: null },
  ...{ durationSeconds: null, createTime: null },
  ...more,
});
const asset = (kind: Asset['kind'], trackId: string | null = idA, name = ''): Asset =>
  openAsset({
    ...{ kind, trackId, name },
    sources: [{ url: `https://h.example/${kind}`, field: 'url', stage: 'complete', confirmed: false }],
  });
function recordOf(tracks: Track[], assets: Asset[], kind: TaskKind = 'music'): TaskRecord {
  const task = { provider: 'kie.ai', kind, taskId: '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72' } as const;
  const record = mergeExpected(undefined, task, { receivedAt: seen, labels: {} });
  return { ...record, stages: [{ stage: 'complete', code: 200, at: seen }], tracks, assets };
}
const planned = (record: TaskRecord) =>
  planAssets(record).assets.map(({ kind, trackId, sources }) => [kind, trackId, sources.length]);
const pathsOf = (record: TaskRecord) => planAssets(record).assets.map(({ kind, path }) => [kind, path]);

describe('P11: promised audio', () => {
  test('every track of a final callback has an audio asset, also without a link', () => {
    expect(planned(recordOf([track(idA), track(idB)], [asset('audio')]))).toEqual([
      ['audio', idA, 1],
      ['audio', idB, 0],
    ]);
  });

  test('a cover promises no less audio, and the task stays open', () => {
    const record = planAssets(recordOf([track(idA)], [asset('image')]));

    expect(record.assets.map(({ kind, state }) => [kind, state])).toEqual([
      ['image', 'open'],
      ['audio', 'open'],
    ]);
    expect(record.status).toBe('archiving');
  });

  test.each(['video', 'wav', 'stem'] as const)('a track that is delivered as %s promises no other file', (kind) => {
    expect(planned(recordOf([track(idA)], [asset(kind)]))).toEqual([[kind, idA, 1]]);
  });

  test.each(['text', 'first'] as const)('a track of an earlier stage (%s) promises none yet', (stage) => {
    expect(planned(recordOf([track(idA, { stage })], []))).toEqual([]);
  });

  test.each(['lyrics', 'midi', 'voice'] as const)('the tracks of a %s task are no songs', (kind) => {
    const record = recordOf([track('lyrics-1', { prompt: 'la la la' })], [], kind);

    expect(planned(record)).toEqual([['lyrics', 'lyrics-1', 0]]);
  });

  test('planning again adds nothing', () => {
    const once = planAssets(recordOf([track(idA), track(idB, { prompt: 'la' })], [asset('image')]));

    expect(planAssets(once)).toEqual(once);
  });
});

describe('P5: the path of an asset', () => {
  test('is shared by the audio, cover, lyrics and video of a track, which differ in their extension', () => {
    const kinds = [asset('audio'), asset('image'), asset('video')];
    const path = `${folder}/Iron-Man_8551e0a4`;

    expect(pathsOf(recordOf([track(idA, { prompt: 'la la la' })], kinds))).toEqual([
      ['audio', path],
      ['image', path],
      ['video', path],
      ['lyrics', path],
    ]);
  });

  test.each(['wav', 'stem'] as const)('is not shared by the %s and the audio of a track: both can be WAV', (kind) => {
    expect(pathsOf(recordOf([track(idA)], [asset('audio'), asset(kind)]))).toEqual([
      ['audio', `${folder}/Iron-Man_8551e0a4`],
      [kind, expect.stringMatching(/\/Iron-Man_8551e0a4-[0-9a-f]{16}$/)],
    ]);
  });

  test('is not shared by two tracks whose short ids are the same', () => {
    const twin = idA.replace(/.$/, '0');
    const paths = pathsOf(recordOf([track(idA), track(twin)], [asset('audio'), asset('audio', twin)]));

    expect(new Set(paths.map(([, path]) => path)).size).toBe(2);
  });

  test('is that of a lone WAV without an addition', () => {
    expect(pathsOf(recordOf([track(idA)], [asset('wav')], 'wav'))).toEqual([['wav', `${folder}/Iron-Man_8551e0a4`]]);
  });

  test('differs between the stems of a task by their names', () => {
    const stems = [asset('stem', null, 'Vocal'), asset('stem', null, 'Drums')];

    expect(pathsOf(recordOf([], stems, 'stems'))).toEqual([
      ['stem', 'library/2026-11/2026-11-20_Stems_2fac5d0e/Vocal_2fac5d0e'],
      ['stem', 'library/2026-11/2026-11-20_Stems_2fac5d0e/Drums_2fac5d0e'],
    ]);
  });

  test('and the folder never change once they are planned', () => {
    const before = planAssets(recordOf([track(idA)], [asset('audio')]));
    const renamed = { ...before, tracks: [track(idA, { title: 'Another title' })] };

    expect(planAssets(renamed)).toMatchObject({ folder, assets: [{ path: `${folder}/Iron-Man_8551e0a4` }] });
  });
});

test('lyrics that differ from the stored ones are written again, and equal ones are not', () => {
  const record = planAssets(recordOf([track(idA, { prompt: 'la la la' })], [asset('audio')]));
  // The SHA-256 of the first lyrics.
  const sha256 = 'd488288a90852227c137cc78556c8f55fe20c052d61df3b4987643b42def93c3';
  const assets = record.assets.map((one) => ({ ...one, state: 'stored' as const, sha256 }));
  const stateWith = (prompt: string) => planAssets({ ...record, assets, tracks: [track(idA, { prompt })] }).assets[1];

  expect(stateWith('la la la')).toMatchObject({ kind: 'lyrics', state: 'stored' });
  expect(stateWith('ooh')).toMatchObject({ kind: 'lyrics', state: 'open' });
});
