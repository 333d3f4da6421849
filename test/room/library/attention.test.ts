import { expect, test } from 'vitest';
import { limits } from '../../../functions/domain/limits.ts';
import { attentionTo, needingAttention } from '../../../room/library/attention.ts';
import { assetOf } from '../../cli/records.ts';
import { entryFor } from './entries.ts';

const now = new Date('2026-11-21T12:00:00Z');
const failedAttempt = { at: now.toISOString(), source: 'https://a', code: 'http_503', detail: 'the host is busy' };
const open = (taskId: string, deadline: string) =>
  entryFor({
    ...{ taskId, status: 'archiving' },
    firstSeenAt: new Date(Date.parse(deadline) - limits.linkLifetimeMs).toISOString(),
    assets: [assetOf({ kind: 'audio', attempts: [failedAttempt] })],
  });

const failure = { code: 501, outcome: 'generation_failed', msg: 'It failed.', advice: 'Generate it again.' };
const failed = entryFor({ taskId: 'failed', status: 'failed', failure });
const quarantined = entryFor({
  taskId: 'quarantined',
  assets: [assetOf({ kind: 'audio', state: 'quarantined', attempts: [failedAttempt] })],
});
const waiting = entryFor({ taskId: 'waiting', status: 'waiting', firstSeenAt: '2026-11-21T11:00:00Z' });
const whole = entryFor({ taskId: 'whole', assets: [assetOf({ kind: 'audio', state: 'stored' })] });

test('the most urgent comes first: what expires soon, what failed, what is in quarantine, what needs no one', () => {
  const soon = open('soon', '2026-11-22T12:00:00Z');
  const sooner = open('sooner', '2026-11-21T13:00:00Z');
  const later = open('later', '2026-12-01T12:00:00Z');

  const needing = needingAttention([waiting, later, whole, quarantined, failed, soon, sooner], now);

  expect(needing.map(({ line }) => line.taskId)).toEqual([
    'sooner',
    'soon',
    'failed',
    'quarantined',
    'later',
    'waiting',
  ]);
});

test.each([
  ['2026-11-24T12:00:00Z', 'at-risk', 72],
  ['2026-11-24T12:06:00Z', 'open', 72.1],
  ['2026-11-21T11:00:00Z', 'at-risk', -1],
])('whose links die at %s is %s', (deadline, why, hoursLeft) => {
  expect(attentionTo(open('x', deadline).concern, now)).toMatchObject({ why, hoursLeft, reason: 'the host is busy' });
});

test('each says what is wrong, and what to do', () => {
  expect(attentionTo(failed.concern, now)).toEqual({
    ...{ why: 'failed', reason: 'It failed.', advice: 'Generate it again.', hoursLeft: null, dueAt: null },
    canRetry: true,
  });
  expect(attentionTo(failed.concern, now, false)).toMatchObject({ canRetry: false });
  expect(attentionTo(quarantined.concern, now)).toMatchObject({
    why: 'quarantined',
    reason: '1 of its files did not verify: the host is busy',
    advice: expect.stringContaining('check them'),
  });
  expect(attentionTo(waiting.concern, now)).toMatchObject({ why: 'open', reason: null, advice: null });
  expect(attentionTo(whole.concern, now)).toBeNull();
});
