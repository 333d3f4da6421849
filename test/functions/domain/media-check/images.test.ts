import { describe, expect, test } from 'vitest';
import { isBroken, isWhole, latin1, media, noise, verdictOver, zeros } from './media-files.ts';

const baseline = media('baseline.jpeg');
const [soi, rest] = [baseline.subarray(0, 2), baseline.subarray(2)];

/** Where cameras store a thumbnail, which has an end marker of its own. */
const withThumbnail = Buffer.concat([
  latin1('\xff\xe1'),
  Buffer.from([0x30, 0]),
  media('baseline.jpeg').subarray(-12_286),
]);

describe('what encoders and hosts do is whole', () => {
  test.each([
    ['a thumbnail within', [soi, withThumbnail, rest]],
    ['fill bytes before a marker', [soi, latin1('\xff\xff\xff'), rest]],
    ['stray bytes before a marker', [soi, noise(5), rest]],
    ['another picture behind it', [baseline, media('progressive.jpeg').subarray(0, 3000)]],
    ['zeros behind it', [baseline, zeros(9000)]],
  ])('%s', (_, parts) => {
    expect(verdictOver('jpeg', ...parts)).toEqual({ ...isWhole, durationSeconds: null });
  });
});

describe('bad signs', () => {
  test.each([
    ['a cut in the picture', [baseline.subarray(0, 9000)]],
    ['no end marker', [baseline.subarray(0, -2)]],
    ['half an end marker', [baseline.subarray(0, -1)]],
    ['a cut in a thumbnail that ends', [soi, withThumbnail.subarray(0, -1)]],
    [
      'a cut between scans',
      [media('progressive.jpeg').subarray(0, media('progressive.jpeg').lastIndexOf('\xff\xda', 'latin1'))],
    ],
    ['a cut file filled up with zeros', [baseline.subarray(0, 9000), zeros(9000)]],
  ])('%s', (_, parts) => {
    expect(verdictOver('jpeg', ...parts)).toEqual(isBroken(/before its end marker/));
  });
});

test('an end without a picture is unknown', () => {
  expect(verdictOver('jpeg', latin1('\xff\xd8\xff\xd9'))).toMatchObject({ state: 'unknown' });
});
