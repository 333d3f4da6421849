// Files that are cut at random places, as a host or a proxy leaves them when it ends without an error.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedOf, isWhole, type MediaFile, readMediaFiles, verdictOver } from './media-files.ts';

const runs = 30_000;
const files = readMediaFiles();
/** Written into a pipe, so its header has no length. */
const openEnded = 'streamed.wav';

/**
 * A cut before this offset loses more than a frame. Other files must be complete to the last byte, except for
 * padding.
 */
const lossEnd = (file: MediaFile) => expectedOf(file).lastFrameButOne ?? file.bytes.length - 2;

test(`of ${runs} cuts that lose more than a frame, at least 99.9 % are noticed`, () => {
  const formats = Object.values(Object.groupBy(files, ({ extension }) => extension)).map((of = []) =>
    fc.constantFrom(...of.filter(({ name }) => name !== openEnded)),
  );
  const cut = fc.oneof(...formats).chain((file) => fc.record({ file: fc.constant(file), at: upTo(lossEnd(file)) }));

  const cuts = fc.sample(cut, { seed: 3, numRuns: runs });
  const missed = cuts.filter(
    ({ file, at }) => verdictOver(file.extension, file.bytes.subarray(0, at)).state !== 'broken',
  );

  expect(cuts).toHaveLength(runs);
  expect(missed.length, missed.map(({ file, at }) => `${file.name} at ${at}`).join(', ')).toBeLessThanOrEqual(
    runs / 1000,
  );
});

/** Uniform, because fast-check prefers numbers near the ends. */
const upTo = (max: number) => fc.noBias(fc.integer({ min: 0, max }));

describe('where every cut is noticed', () => {
  const isSilentAbout = ({ name }: MediaFile) => /bare|layer2|fragmented/.test(name) || name === openEnded;

  test.each(files.filter((file) => !isSilentAbout(file)))('$name', (file) => {
    const ends = Array.from({ length: 400 }, (_, index) => Math.floor((index * lossEnd(file)) / 399));

    const missed = ends.filter((end) => verdictOver(file.extension, file.bytes.subarray(0, end)).state !== 'broken');

    expect(missed).toEqual([]);
  });
});

describe('what cannot be noticed', () => {
  const named = (wanted: string) => files.filter(({ name }) => name === wanted);

  test.each(named('cbr-bare.mp3'))('a cut between two frames of an MP3 that announces no number of them', (file) => {
    const { bytes, extension } = file;
    const secondFrame = bytes.indexOf(bytes.subarray(0, 2), 2);

    expect(verdictOver(extension, bytes.subarray(0, secondFrame))).toMatchObject(isWhole);
  });

  test.each(named('fragmented.mp4'))('a cut between two fragments of an MP4 that announces no duration', (file) => {
    const { bytes, extension } = file;
    const secondFragment = bytes.indexOf('moof', bytes.indexOf('moof') + 4) - 4;

    expect(verdictOver(extension, bytes.subarray(0, secondFragment))).toMatchObject(isWhole);
  });

  test.each(named(openEnded))('a cut of a WAV that was made into a pipe', ({ bytes, extension }) => {
    expect(verdictOver(extension, bytes.subarray(0, 20_000))).toMatchObject(isWhole);
  });
});
