// Which links an asset is fetched from, in which order, and when.
import { describe, expect, test } from 'vitest';
import { nextFetchAt, sourcesToTry } from '../../../functions/archiver/allowed-sources.ts';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Asset, AssetSource, TaskRecord, TransferProgress } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';
import { policyOf } from '../../doubles/archiver-policy.ts';

const seen = '2026-11-01T00:00:00.000Z';
const deadline = '2026-11-15T00:00:00.000Z';
const trackId = '8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c';
const lastResort = `https://last-resort.example/${trackId}.mp3`;
const at = (hours: number) => new Date(Date.parse(seen) + hours * 3_600_000);
const atDeadline = new Date(deadline);

const task: TaskRecord = {
  ...mergeExpected(undefined, { provider: 'kie.ai', kind: 'music', taskId: 'task' }, { receivedAt: seen, labels: {} }),
  stages: [{ stage: 'complete', code: 200, at: seen }],
};
const link = (name: string, more: Partial<AssetSource> = {}): AssetSource => ({
  ...{ url: `https://h.example/${name}`, field: 'audio_url', stage: 'complete', confirmed: false },
  ...more,
});
const final = link('final');
const original = link('original', { field: 'source_audio_url' });
const first = link('first', { stage: 'first' });
const audio = (more: Partial<Asset> = {}): Asset => ({
  ...openAsset({ kind: 'audio', trackId, name: '', sources: [final, original, first] }),
  ...{ path: 'library/x', deadline },
  ...more,
});
const urls = (asset: Asset, now: Date, policy = policyOf(), record = task) =>
  sourcesToTry(asset, record, policy, now).map(({ url }) => url.replace('https://h.example/', ''));

describe('an asset is fetched from', () => {
  const failing = audio({ failingSince: at(2).toISOString() });

  test.each<[string, Asset, Date]>([
    ['as long as nothing has failed', audio(), at(300)],
    ['until they have failed for an hour', failing, at(2.99)],
  ])('the links of the latest stage alone %s', (_, asset, now) => {
    expect(urls(asset, now)).toEqual(['final', 'original']);
  });

  test.each<[string, Asset, Date]>([
    ['after an hour of failures', failing, at(3)],
    ['at the deadline, also if nothing has failed before', audio(), atDeadline],
    [
      'at the deadline, if the failures began just before',
      audio({ failingSince: at(335.9).toISOString() }),
      atDeadline,
    ],
  ])('all links and the derived one last, %s', (_, asset, now) => {
    expect(urls(asset, now)).toEqual(['final', 'original', 'first', lastResort]);
  });

  test('the derived link alone, an hour after the final callback named its track without a link', () => {
    const promised = audio({ sources: [] });

    expect([urls(promised, at(0.99)), urls(promised, at(1))]).toEqual([[], [lastResort]]);
    expect(nextFetchAt(promised, task, policyOf(), at(0))).toBe(at(1).toISOString());
  });

  test('the derived link at once if the provider says that there is no file', () => {
    const refused = audio({ sources: [], reason: 'GENERATE_AUDIO_FAILED' });

    expect(urls(refused, at(0))).toEqual([lastResort]);
  });

  test.each<[string, Partial<Asset>]>([
    ['a cover', { kind: 'image' }],
    ['a video', { kind: 'video' }],
    ['a WAV', { kind: 'wav' }],
    ['a track without a UUID', { trackId: 'track-1' }],
    ['a track with a path as its id', { trackId: `../${trackId}` }],
    ['a file of the task itself', { trackId: null }],
  ])('no derived link if it is %s', (_, more) => {
    expect(urls(audio(more), atDeadline)).toEqual(['final', 'original', 'first']);
    expect(nextFetchAt(audio({ ...more, sources: [] }), task, policyOf(), at(0))).toBeNull();
  });

  test('P8: the link whose transfer can be resumed, before those that failed, but after new ones', () => {
    const progress: TransferProgress = {
      ...{ source: first.url, version: '"1"', totalBytes: 100, partBytes: 10, key: 'library/x.mp3' },
      ...{ contentType: 'audio/mpeg', uploadId: 'u', checkedParts: 3, crc32: 1, structure: null, at: seen },
    };
    const attempts = [{ at: seen, source: final.url, code: 'cut', detail: '' }];

    expect(urls(audio({ progress, attempts }), atDeadline)).toEqual(['original', 'first', 'final', lastResort]);
  });
});

describe('P6: if only confirmed links are allowed, an asset is fetched from', () => {
  const policy = policyOf({ canAsk: true, confirm: true });
  const confirmed = link('confirmed', { confirmed: true });

  test('none that only a callback named, and not from the derived one, even at the deadline', () => {
    expect(urls(audio(), atDeadline, policy)).toEqual([]);
    expect(nextFetchAt(audio(), task, policy, at(0))).toBeNull();
  });

  test('those that the provider named', () => {
    expect(urls(audio({ sources: [confirmed, final, first] }), atDeadline, policy)).toEqual(['confirmed']);
  });

  test('none of an earlier stage while the provider has not confirmed the latest', () => {
    const early = audio({ sources: [final, link('early', { stage: 'first', confirmed: true })] });
    const answered = { ...task, inquiry: { ...task.inquiry, stage: 'complete' as const } };

    expect([urls(early, atDeadline, policy), urls(early, atDeadline, policy, answered)]).toEqual([[], ['early']]);
  });

  test('all of them once the record says that the provider did not confirm in time', () => {
    const unconfirmed = { ...task, unconfirmed: 'the provider did not confirm in time' };

    expect(urls(audio(), atDeadline, policy, unconfirmed)).toEqual(['final', 'original', 'first', lastResort]);
  });
});

describe('the next fetch is', () => {
  test.each<[string, Asset, Partial<TaskRecord>, string | null]>([
    ['now for a new asset', audio(), {}, at(5).toISOString()],
    ['at its own time after a failure', audio({ nextDueAt: at(9).toISOString() }), {}, at(9).toISOString()],
    ['now for lyrics', audio({ kind: 'lyrics', sources: [] }), {}, at(5).toISOString()],
    ['never for a stored file', audio({ state: 'stored' }), {}, null],
    ['never for a closed one', audio({ state: 'failed' }), {}, null],
    ['never for a task that the owner dismissed', audio(), { dismissedAt: seen }, null],
    [
      'at its time for a stored file that is suspect',
      audio({ state: 'stored', suspect: 'it is 3.0 s long', nextDueAt: at(6).toISOString() }),
      {},
      at(6).toISOString(),
    ],
  ])('%s', (_, asset, more, time) => {
    expect(nextFetchAt(asset, { ...task, ...more }, policyOf(), at(5))).toBe(time);
  });
});
