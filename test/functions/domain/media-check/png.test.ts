import { describe, expect, test } from 'vitest';
import { isBroken, latin1, media, noise, verdictOver, zeros } from './media-files.ts';

const png = media('rgb.png');
const iend = png.subarray(-12);
const head = png.subarray(0, 33);

test.each([
  ['bytes', noise(50)],
  ['zeros', zeros(9000)],
])('%s behind the last chunk do no harm', (_, bytes) => {
  expect(verdictOver('png', png, bytes)).toEqual({ state: 'whole', durationSeconds: null });
});

test('chunks that no one knows are passed over', () => {
  const unknownChunk = Buffer.concat([latin1('\0\0\0\x05juNk'), noise(9)]);

  expect(verdictOver('png', head, unknownChunk, png.subarray(33))).toMatchObject({ state: 'whole' });
});

describe('bad signs', () => {
  test.each([
    ['a cut in the picture', [png.subarray(0, 9000)], /before its last chunk/],
    ['no last chunk', [png.subarray(0, -12)], /before its last chunk/],
    ['a cut in the last chunk', [png.subarray(0, -2)], /before its last chunk/],
    ['no picture', [head, iend], /no picture/],
    ['zeros behind a whole chunk', [head, zeros(900)], /no PNG chunk starts at byte 33/],
    ['a cut file filled up with zeros', [png.subarray(0, 9000), zeros(90_000)], /no PNG chunk starts/],
  ])('%s', (_, parts, reason) => {
    expect(verdictOver('png', ...parts)).toEqual(isBroken(reason));
  });
});
