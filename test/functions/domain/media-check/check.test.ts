import { describe, expect, test } from 'vitest';
import { addToCheck, endCheck, startCheck, structureState } from '../../../../functions/domain/media-check/check.ts';
import { expectedOf, readMediaFiles, verdictOver } from './media-files.ts';

const files = readMediaFiles();

describe.each(files)('$name', (file) => {
  const { extension, bytes } = file;

  test('is whole, and as long as ffprobe says', () => {
    const verdict = verdictOver(extension, bytes);

    const { seconds } = expectedOf(file);
    expect(verdict).toEqual({ state: 'whole', durationSeconds: seconds === null ? null : expect.any(Number) });
    const known = 'durationSeconds' in verdict ? verdict.durationSeconds : null;
    expect(Math.abs((known ?? 0) - (seconds ?? 0))).toBeLessThan(0.1);
  });

  test('is broken if more was promised than came', () => {
    const state = addToCheck(startCheck(extension, bytes.length + 1), bytes);

    expect(endCheck(state)).toEqual({
      state: 'broken',
      reason: `only ${bytes.length} of ${bytes.length + 1} bytes arrived`,
    });
  });

  test('is broken if nothing came', () => {
    expect(verdictOver(extension)).toEqual({ state: 'broken', reason: 'the file is empty' });
  });

  test('is checked on by another process from a record', () => {
    const middle = Math.floor(bytes.length / 2);
    const before = addToCheck(startCheck(extension, bytes.length), bytes.subarray(0, middle));

    const record = JSON.stringify(before);
    const after = addToCheck(structureState.parse(JSON.parse(record)), bytes.subarray(middle));

    expect(endCheck(after)).toEqual(verdictOver(extension, bytes));
    expect(record.length).toBeLessThan(1024);
  });
});

test('the set has every family of formats in several kinds', () => {
  const kinds = Object.groupBy(files, ({ extension }) => extension);

  const counts = Object.fromEntries(Object.entries(kinds).map(([extension, of]) => [extension, of?.length]));
  expect(counts).toEqual({ mp3: 8, m4a: 2, mp4: 5, wav: 5, jpeg: 3, png: 2, webp: 4 });
  expect(files.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(1_500_000);
});

test.each(['flac', 'ogg', 'webm', 'gif', 'aac'])('%s is unknown: there is no checker for it', (extension) => {
  expect(verdictOver(extension, Buffer.from('fLaC'))).toEqual({
    state: 'unknown',
    reason: `the structure of ${extension} files is not checked`,
  });
});

test('a file without a checker is broken if it is shorter than was promised', () => {
  const state = addToCheck(startCheck('flac', 5), Buffer.from('fLaC'));

  expect(endCheck(state)).toMatchObject({ state: 'broken' });
});
