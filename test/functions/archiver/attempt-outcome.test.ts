import { describe, expect, test } from 'vitest';
import { type AttemptRound, applyAttempts, closed } from '../../../functions/archiver/attempt-outcome.ts';
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
  measuredSeconds: 12,
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
    durationSeconds: 12,
    jitter: 0,
    files: 2,
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
      attempts: [
        { code: 'not_found', source: 'https://h.example/0', detail: 'because of not_found' },
        { code: 'unknown_media', source: 'https://h.example/1' },
      ],
    });
  });

  test.each(Object.entries(verdicts))('P9: that ended with %s alone (%s) stays open, and is tried again', (code) => {
    const known = Object.keys(verdicts).find((name): name is TransferCode => name === code) ?? 'unknown';

    const after = applyAttempts(asset, round([known]));

    expect(after).toMatchObject({ state: 'open', nextDueAt: expect.any(String) });
  });

  test('P9: stays open with its file in quarantine until a better one arrives', () => {
    const after = applyAttempts({ ...asset, progress }, round([inQuarantine, 'not_found']));

    expect(after).toMatchObject({
      ...{ state: 'open', key: inQuarantine.key, nextDueAt: expect.any(String) },
      progress: null,
    });
    expect(applyAttempts(after, round([file], 6))).toMatchObject({ state: 'stored', key: file.key, nextDueAt: null });
  });

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

  test('waits as after a first failure once it has progressed', () => {
    const failedOften = { ...asset, rounds: 6, progress };

    const after = applyAttempts(failedOften, { ...round(['cut'], 5.1), hasProgressed: true });

    expect(Date.parse(after.nextDueAt ?? '') - (firstSeen + 5.1 * hour)).toBe(60_000);
    expect(after.progress).toEqual(progress);
  });

  test('that is stored has no progress any more', () => {
    expect(applyAttempts({ ...asset, progress }, round([file]))).toMatchObject({ state: 'stored', progress: null });
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

  test('P9: is tried a last time at its deadline', () => {
    const late = { ...asset, rounds: 8 };

    expect(applyAttempts(late, round(['server_error'], 13.6 * 24)).nextDueAt).toBe(deadline);
  });

  test('is tried once more shortly before its link expires', () => {
    const link = 'https://h.example/a.mp3?X-Amz-Date=20261101T050000Z&X-Amz-Expires=1200';
    const source = { url: link, field: 'audio_url', stage: 'complete', confirmed: false } as const;
    const failing = { ...asset, rounds: 2, sources: [source] };

    expect(applyAttempts(failing, round(['not_found'])).nextDueAt).toBe('2026-11-01T05:19:00.000Z');
  });

  test.each(['not_found', 'forbidden', 'refused_address', 'too_large', 'not_media'] as const)(
    'F35: whose link may be dead (%s) wants a fresh one, and is tried again meanwhile',
    (code) => {
      const after = applyAttempts(asset, round([code]));

      expect(after).toMatchObject({ state: 'open', wantsLinks: true, attempts: [{ code }] });
      expect(after.failingSince).toBe(after.attempts[0]?.at);
    },
  );

  test('does not count as refused while our own side is at fault', () => {
    const after = applyAttempts(asset, round(['store_unavailable']));

    expect(after).toMatchObject({ rounds: 1, failingSince: null, wantsLinks: false });
  });

  test('is published under another key if another asset has its key', () => {
    const after = applyAttempts(asset, round(['key_taken']));

    expect(after.path).toMatch(/^library\/x-[0-9a-f]{8}$/);
  });

  test('is fetched again after 10 min, 1 h, 6 h and 24 h while its stored file is suspect', () => {
    let current = applyAttempts(asset, round([{ ...file, suspect: 'it is 3.0 s long' }]));
    const waits: (number | null)[] = [];
    for (let hours = 5; waits.length < 5; hours++) {
      const at = firstSeen + hours * hour;
      waits.push(current.nextDueAt === null ? null : (Date.parse(current.nextDueAt) - at) / 60_000);
      current = applyAttempts(current, round(['no_better'], hours + 1));
    }

    expect(waits).toEqual([10, 60, 360, 1440, null]);
    expect(current).toMatchObject({ state: 'stored', key: file.key, suspect: 'it is 3.0 s long' });
  });

  test('loses its suspicion once a better file has arrived', () => {
    const suspect = applyAttempts(asset, round([{ ...file, suspect: 'it is 3.0 s long' }]));

    expect(applyAttempts(suspect, round([file], 6))).toMatchObject({ state: 'stored', suspect: null, nextDueAt: null });
  });

  test('keeps its provisional file until the final one is available, and beyond the deadline', () => {
    const provisional = { ...asset, key: 'library/x.mp3', bytes: 5 };

    const after = applyAttempts(provisional, round(['not_found', inQuarantine]));

    const kept = { key: 'library/x.mp3', bytes: 5 };
    expect(after).toMatchObject({ ...kept, state: 'open', nextDueAt: expect.any(String) });
    expect(closed(after)).toMatchObject({ ...kept, state: 'stored', suspect: expect.stringContaining('provisional') });
  });

  test('remembers only its latest attempts', () => {
    let current = asset;
    for (let hours = 2; hours < 40; hours++) current = applyAttempts(current, round(['cut'], hours));

    expect(current.attempts).toHaveLength(20);
  });
});
