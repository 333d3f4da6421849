import { describe, expect, test } from 'vitest';
import { type AttemptRound, applyAttempts } from '../../../functions/archiver/attempt-outcome.ts';
import type { Transferred } from '../../../functions/archiver/transfer/context.ts';
import { type TransferCode, TransferError, verdicts } from '../../../functions/domain/errors.ts';
import type { Asset, TransferProgress } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';

const hour = 3_600_000;
const firstSeen = Date.parse('2026-11-01T00:00:00.000Z');
const deadline = new Date(firstSeen + 14 * 24 * hour).toISOString();
const asset: Asset = {
  ...openAsset({ kind: 'audio', trackId: 'a', name: '', sources: [] }),
  path: 'library/x',
  deadline,
};

const file: Transferred = {
  state: 'stored',
  key: 'library/x.mp3',
  bytes: 9,
  crc32: 'AAAAAA==',
  sha256: 'aa',
  contentType: 'audio/mpeg',
  suspect: null,
};
const progress: TransferProgress = {
  source: 'https://h.example/0',
  version: '"1"',
  totalBytes: 100,
  partBytes: 10,
  key: 'library/x.mp3',
  contentType: 'audio/mpeg',
  uploadId: 'u',
  checkedParts: 3,
  crc32: 1,
  structure: null,
  at: new Date(firstSeen + 5 * hour).toISOString(),
};
const inQuarantine: Transferred = { ...file, state: 'quarantined', key: 'quarantine/t/x.bin' };

function round(results: readonly (Transferred | TransferCode)[], hoursLater = 5): AttemptRound {
  const attempts = results.map((result, index) => ({
    url: `https://h.example/${index}`,
    result: typeof result === 'string' ? new TransferError(result, `because of ${result}`) : result,
  }));
  return {
    at: new Date(firstSeen + hoursLater * hour),
    attempts,
    hasProgressed: false,
    isNew: hoursLater < 1,
    durationSeconds: 12,
    canAsk: false,
    jitter: 0,
  };
}

describe('after a round over its sources an asset', () => {
  test('is stored when a file arrived, whatever came before it', () => {
    expect(applyAttempts(asset, round(['not_found', inQuarantine, file]))).toMatchObject({
      state: 'stored',
      key: 'library/x.mp3',
      bytes: 9,
      durationSeconds: 12,
      nextDueAt: null,
      attempts: [{ code: 'not_found', source: 'https://h.example/0', detail: 'because of not_found' }],
    });
  });

  test.each(Object.entries(verdicts))('that ended with %s alone follows its verdict: %s', (code, verdict) => {
    const known = Object.keys(verdicts).find((name): name is TransferCode => name === code) ?? 'unknown';

    const after = applyAttempts(asset, round([known]));

    const isLasting = ['next-source', 'refresh', 'fail'].includes(verdict);
    expect(after.state).toBe(isLasting ? 'failed' : 'open');
    expect(after.nextDueAt === null).toBe(isLasting);
  });

  test('keeps the file in quarantine if no source has a better one', () => {
    expect(applyAttempts(asset, round([inQuarantine, 'not_found']))).toMatchObject({
      state: 'quarantined',
      key: inQuarantine.key,
    });
  });

  test.each(['not_found', 'forbidden'] as const)(
    'retries a new link that answers %s, because it may not work yet',
    (code) => {
      expect(applyAttempts(asset, round([code], 0.5)).state).toBe('open');
      expect(applyAttempts(asset, round([code], 1.5)).state).toBe('failed');
    },
  );

  test('waits longer after each failed round', () => {
    let current = asset;
    const waits: number[] = [];
    for (let hours = 2; hours < 10; hours++) {
      current = applyAttempts(current, round(['server_error'], hours));
      waits.push(Date.parse(current.nextDueAt ?? '') - (firstSeen + hours * hour));
    }

    expect(waits.map((wait) => wait / 60_000)).toEqual([1, 5, 30, 120, 360, 720, 720, 720]);
  });

  test('P8: resumes at once if it progressed before the time ran out, and counts no failed attempt', () => {
    const after = applyAttempts({ ...asset, progress }, { ...round(['unfinished']), hasProgressed: true });

    expect(after).toMatchObject({ state: 'open', nextDueAt: progress.at, attempts: [], progress });
  });

  test('waits if the time ran out before any progress', () => {
    expect(applyAttempts(asset, round(['out_of_time']))).toMatchObject({
      nextDueAt: new Date(firstSeen + 5 * hour + 60_000).toISOString(),
      attempts: [{ code: 'out_of_time' }],
    });
  });

  test('counts only attempts since the last progress: progress resets the backoff', () => {
    const failedBefore = Array.from({ length: 6 }, (_, index) => ({
      ...{ source: 'https://h.example/0', code: 'cut', detail: '' },
      at: new Date(firstSeen + index * hour).toISOString(),
    }));

    const after = applyAttempts({ ...asset, attempts: failedBefore, progress }, round(['cut'], 5.1));

    expect(Date.parse(after.nextDueAt ?? '') - (firstSeen + 5.1 * hour)).toBe(60_000);
    expect(after.progress).toEqual(progress);
  });

  test.each(['stored', 'failed'])('that is %s has no progress any more', (state) => {
    const after = applyAttempts({ ...asset, progress }, round([state === 'stored' ? file : 'not_found']));

    expect(after).toMatchObject({ state, progress: null });
  });

  test('F36: waits as long as Retry-After asks for, up to a limit', () => {
    const wait = (retryAfterMs: number) => {
      const result = new TransferError('throttled', 'the host answered 429', { retryAfterMs });
      const after = applyAttempts(asset, { ...round([]), attempts: [{ url: 'https://h.example/0', result }] });
      return (Date.parse(after.nextDueAt ?? '') - (firstSeen + 5 * hour)) / 60_000;
    };

    expect([5_000, 600_000, 9e12].map(wait)).toEqual([1, 10, 720]);
  });

  test('is retried at another time than assets that failed at the same moment', () => {
    const waits = [0, 0.5, 1].map((jitter) => {
      const after = applyAttempts(asset, { ...round(['throttled']), jitter });
      return (Date.parse(after.nextDueAt ?? '') - (firstSeen + 5 * hour)) / 1_000;
    });

    expect(waits).toEqual([60, 66, 72]);
  });

  test('P9: is tried a last time in the last hour before its deadline', () => {
    const lastTry = new Date(Date.parse(deadline) - hour).toISOString();

    expect(applyAttempts(asset, round(['server_error'], 13.97 * 24 - 1)).nextDueAt).toMatch(/^2026-11-14T22:1/);
    const late = {
      ...asset,
      attempts: Array.from({ length: 8 }, (_, index) => ({
        source: '',
        code: 'cut',
        detail: '',
        at: new Date(firstSeen + index).toISOString(),
      })),
    };
    expect(applyAttempts(late, round(['server_error'], 13.6 * 24)).nextDueAt).toBe(lastTry);
  });

  test.each(['not_found', 'forbidden', 'refused_address', 'too_large'] as const)(
    'F35: whose links are all dead (%s) waits for fresh ones if the provider can be polled',
    (code) => {
      const after = applyAttempts({ ...asset, progress }, { ...round([code]), canAsk: true });

      expect(after).toMatchObject({ state: 'open', wantsLinks: true, nextDueAt: null, progress: null });
      expect(after.attempts).toMatchObject([{ code }]);
    },
  );

  test('whose fresh links expired too often is closed', () => {
    const after = applyAttempts({ ...asset, refreshes: 3 }, { ...round(['not_found']), canAsk: true });

    expect(after).toMatchObject({ state: 'failed', wantsLinks: false });
  });

  test('P9: is closed only if no further attempt fits before its deadline', () => {
    expect(applyAttempts(asset, round(['server_error'], 13.9 * 24)).state).toBe('open');
    expect(applyAttempts(asset, round(['server_error'], 14 * 24)).state).toBe('failed');
  });

  test('keeps its provisional file if the final one is not available', () => {
    const provisional = { ...asset, key: 'library/x.mp3', bytes: 5 };

    expect(applyAttempts(provisional, round(['not_found']))).toMatchObject({
      state: 'stored',
      bytes: 5,
      durationSeconds: 12,
    });
  });

  test('remembers only its latest attempts', () => {
    let current = asset;
    for (let hours = 2; hours < 40; hours++) current = applyAttempts(current, round(['cut'], hours));

    expect(current.attempts).toHaveLength(20);
  });
});
