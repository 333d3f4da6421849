// The status, failure and deadline of a task, as they follow from its files.
import { describe, expect, test } from 'vitest';
import { mergeExpected } from '../../../functions/domain/merge.ts';
import type { Asset, TaskRecord } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';
import {
  awaitsFiles,
  deadlineOf,
  deriveStatus,
  essentialAssets,
  isAtStake,
  isMediaReady,
} from '../../../functions/domain/task-state.ts';

const seen = '2026-11-01T00:00:00.000Z';
const refused = { at: seen, source: 'https://h.example/a', code: 'not_found', detail: 'the host answered 404' };

const waiting = mergeExpected(
  undefined,
  { provider: 'kie.ai', kind: 'music', taskId: 'task' },
  { receivedAt: seen, labels: {} },
);
const assetOf = (kind: Asset['kind'], state: Asset['state'], more: Partial<Asset> = {}): Asset => ({
  ...openAsset({ kind, trackId: 'a', name: '', sources: [] }),
  state,
  attempts: state === 'failed' ? [refused] : [],
  ...more,
});
const complete = (assets: Asset[], more: Partial<TaskRecord> = {}): TaskRecord =>
  deriveStatus({ ...waiting, stages: [{ stage: 'complete', code: 200, at: seen }], assets, ...more });

describe('P11: a complete task', () => {
  test('is archived without a cover that could not be stored, and names it as missing', () => {
    const record = complete([assetOf('audio', 'stored'), assetOf('image', 'failed'), assetOf('lyrics', 'stored')]);

    expect(record).toMatchObject({
      ...{ status: 'archived', failure: null },
      missing: [{ kind: 'image', trackId: 'a', name: '', reason: 'the host answered 404' }],
    });
  });

  test.each<[string, Partial<Asset>, string]>([
    ['what the provider said', { reason: 'the provider made no cover' }, 'the provider made no cover'],
    ['its quarantine', { state: 'quarantined', key: 'quarantine/task/a.bin' }, 'in quarantine'],
    ['that there is none', { attempts: [] }, 'no reason recorded'],
  ])('gives as the reason of a missing cover %s', (_, more, reason) => {
    expect(complete([assetOf('audio', 'stored'), assetOf('image', 'failed', more)]).missing).toMatchObject([
      { reason },
    ]);
  });

  test.each(['audio', 'video', 'wav', 'stem'] as const)(
    'has failed if its %s is lost, and says which and why',
    (kind) => {
      const record = complete([assetOf(kind, 'stored'), assetOf(kind, 'failed', { trackId: 'b' })]);

      expect(record).toMatchObject({
        ...{ status: 'failed', missing: [] },
        failure: {
          code: null,
          outcome: 'files_missing',
          msg: expect.stringContaining(`${kind} b: the host answered 404`),
        },
      });
    },
  );

  test('has failed if a song is in quarantine', () => {
    expect(complete([assetOf('audio', 'quarantined')])).toMatchObject({
      ...{ status: 'failed', failure: { outcome: 'files_missing', msg: expect.stringContaining('in quarantine') } },
    });
  });

  test.each<[string, Asset[]]>([
    ['its song', [assetOf('audio', 'open'), assetOf('audio', 'failed', { trackId: 'b' })]],
    ['a cover alone', [assetOf('audio', 'stored'), assetOf('image', 'open')]],
  ])('is neither archived nor failed while %s is open', (_, assets) => {
    expect(complete(assets)).toMatchObject({ status: 'archiving', failure: null, missing: [] });
  });

  test('counts images as essential if it makes nothing else', () => {
    const images = [assetOf('image', 'stored', { name: 'Cover 1' }), assetOf('image', 'failed', { name: 'Cover 2' })];
    const record = complete(images, { kind: 'cover' });

    expect(essentialAssets(record)).toHaveLength(2);
    expect(isMediaReady(record)).toBe(false);
    expect(record).toMatchObject({
      ...{ status: 'failed', missing: [] },
      failure: { outcome: 'files_missing', msg: expect.stringContaining('image Cover 2: the host answered 404') },
    });
  });

  test('has its media ready while a cover is open, but not while a song is', () => {
    const [song, cover] = [assetOf('audio', 'stored'), assetOf('image', 'open')];

    expect(isMediaReady(complete([song, cover]))).toBe(true);
    expect(isMediaReady(complete([song, assetOf('audio', 'open', { trackId: 'b' })]))).toBe(false);
    expect(isMediaReady(deriveStatus({ ...waiting, assets: [song] }))).toBe(false);
  });

  test('risks nothing that the owner paid for while only a cover is open', () => {
    const record = complete([assetOf('audio', 'stored'), assetOf('image', 'open')]);

    expect([awaitsFiles(record), isAtStake(record)]).toEqual([true, false]);
    expect(isAtStake(complete([assetOf('audio', 'open')]))).toBe(true);
  });

  test('is archived once a song that was lost arrives after all', () => {
    const failed = complete([assetOf('audio', 'failed')]);

    expect(deriveStatus({ ...failed, assets: [assetOf('audio', 'stored')] })).toMatchObject({
      ...{ status: 'archived', failure: null, missing: [] },
    });
  });

  test('derived twice is the same', () => {
    const record = complete([assetOf('audio', 'stored'), assetOf('image', 'failed')]);

    expect(deriveStatus(record)).toEqual(record);
  });
});

describe('a task that the owner dismissed', () => {
  const dismissedAt = '2026-11-02T00:00:00.000Z';

  test.each<[string, TaskRecord, string]>([
    ['has failed as dismissed if a song is open', complete([assetOf('audio', 'open')]), 'dismissed'],
    ['has failed as dismissed before its final callback', waiting, 'dismissed'],
    ['keeps the failure of its lost song', complete([assetOf('audio', 'failed')]), 'files_missing'],
  ])('%s', (_, record, outcome) => {
    const dismissed = deriveStatus({ ...record, dismissedAt });

    expect(dismissed).toMatchObject({ status: 'failed', failure: { outcome } });
    expect(awaitsFiles(dismissed)).toBe(false);
  });

  test('is archived if only a cover is open', () => {
    const dismissed = complete([assetOf('audio', 'stored'), assetOf('image', 'open')], { dismissedAt });

    expect(dismissed).toMatchObject({ status: 'archived', failure: null });
  });

  test('is open again, without that failure, once the owner undoes it', () => {
    const dismissed = complete([assetOf('audio', 'open')], { dismissedAt });

    expect(deriveStatus({ ...dismissed, dismissedAt: null })).toMatchObject({ status: 'archiving', failure: null });
  });
});

describe('the deadline', () => {
  test.each<[string, string | null, string]>([
    ['is 14 days after the task was first seen', null, '2026-11-15T00:00:00.000Z'],
    ['is later if the owner extended it', '2026-12-24T12:00:00.000Z', '2026-12-24T12:00:00.000Z'],
    ['is never earlier than usual', '2026-11-03T00:00:00.000Z', '2026-11-15T00:00:00.000Z'],
  ])('%s', (_, extendedTo, deadline) => {
    const record = complete([assetOf('audio', 'open')], { extendedTo });

    expect(deadlineOf(record).toISOString()).toBe(deadline);
    expect(record.assets[0]?.deadline).toBe(deadline);
  });
});
