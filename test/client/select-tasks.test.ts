import { describe, expect, test } from 'vitest';
import { type HealReason, healReasonOf, isSelected } from '../../client/select-tasks.ts';
import type { TaskRecord } from '../../functions/domain/record.ts';
import { assetOf, recordOf, trackOf } from '../cli/records.ts';

const complete: TaskRecord['stages'] = [{ stage: 'complete', code: 200, at: '2026-11-20T12:00:00.000Z' }];
const filesMissing = { code: null, outcome: 'files_missing', msg: 'one of two', advice: '' };
const refusedByProvider = { code: 501, outcome: 'generation_failed', msg: 'no', advice: '' };
const audio = (trackId: string, more: Partial<TaskRecord['assets'][number]> = {}) =>
  assetOf({ kind: 'audio', trackId, state: 'stored', ...more });
const tracks = ['a', 'b'].map((id) => ({ ...trackOf(id, 'Song'), stage: 'complete' as const }));

describe('heals', () => {
  const cases: [string, Partial<TaskRecord>, HealReason | null][] = [
    [
      'a task whose song was refused by its host',
      { status: 'failed', stages: complete, failure: filesMissing, assets: [audio('a', { state: 'failed' })] },
      'files refused by their hosts',
    ],
    [
      'a task whose song is in quarantine',
      { status: 'failed', stages: complete, failure: filesMissing, assets: [audio('a', { state: 'quarantined' })] },
      'files refused by their hosts',
    ],
    [
      'an archived task of which one take never had a link',
      { status: 'archived', stages: complete, tracks, assets: [audio('a')] },
      'a track without audio',
    ],
    [
      'a task without a final callback',
      { status: 'failed', failure: { ...filesMissing, outcome: 'missing' } },
      'no final callback',
    ],
    [
      'an archived task with a file that is suspect and was never fetched again',
      { status: 'archived', stages: complete, assets: [audio('a', { suspect: 'it is 12.0 s long' })] },
      'suspect file',
    ],
    ['no task that is archived and complete', { stages: complete, tracks, assets: [audio('a'), audio('b')] }, null],
    ['no task that the provider failed', { status: 'failed', failure: refusedByProvider }, null],
    ['no task that is open already', { status: 'archiving', assets: [audio('a', { state: 'open' })] }, null],
    [
      'no task that the owner dismissed',
      { status: 'failed', dismissedAt: '2026-11-21T12:00:00.000Z', assets: [audio('a', { state: 'failed' })] },
      null,
    ],
    [
      'no suspect file whose rechecks are over',
      { stages: complete, assets: [audio('a', { suspect: 'it is 12.0 s long', rechecks: 4 })] },
      null,
    ],
  ];

  test.each(cases)('%s', (_, record, reason) => {
    expect(healReasonOf(recordOf({ taskId: 'task', ...record }))).toBe(reason);
  });
});

describe('retries', () => {
  const sources = [
    { url: 'https://cdn.example/a.mp3', field: 'audio_url', stage: 'complete', confirmed: false },
  ] as const;
  const open = recordOf({
    taskId: 'open',
    status: 'archiving',
    assets: [audio('a', { state: 'open', sources: [...sources] })],
  });
  const failed = recordOf({ taskId: 'failed', status: 'failed', assets: [audio('a', { state: 'failed' })] });
  const archived = recordOf({ taskId: 'archived', assets: [audio('a')] });
  const dismissed = { ...failed, taskId: 'dismissed', dismissedAt: '2026-11-21T12:00:00.000Z' };
  const all = [open, failed, archived, dismissed];
  const selected = (selection: Parameters<typeof isSelected>[1]) =>
    all.filter((record) => isSelected(record, selection)).map(({ taskId }) => taskId);

  test('all that lack something, but none that are archived or dismissed', () => {
    expect(selected({ states: 'all' })).toEqual(['open', 'failed']);
  });

  test('only the open or only the failed ones', () => {
    expect([selected({ states: 'open' }), selected({ states: 'failed' })]).toEqual([['open'], ['failed']]);
  });

  test('only those with a missing file from one host', () => {
    expect(selected({ states: 'all', host: 'CDN.example' })).toEqual(['open']);
    expect(selected({ states: 'all', host: 'example' })).toEqual([]);
  });
});
