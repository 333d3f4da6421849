import { describe, expect, test } from 'vitest';
import { isBroken, isWhole, latin1, media, noise, verdictOver, zeros } from './media-files.ts';

const u32 = (value: number) => {
  const bytes = zeros(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const chunk = (id: string, body: Buffer, size = body.length) => Buffer.concat([latin1(id), u32(size), body]);
const file = (form: string, chunks: readonly Buffer[], off = 0) => {
  const body = Buffer.concat([latin1(form), ...chunks]);
  return Buffer.concat([latin1('RIFF'), u32(body.length + off), body]);
};
const sized = (size: number, form: string, chunks: readonly Buffer[]) =>
  Buffer.concat([latin1('RIFF'), u32(size), latin1(form), ...chunks]);

/** One channel of 8 bits, 1000 samples in a second. */
const fmt = chunk('fmt ', Buffer.concat([latin1('\x01\0\x01\0'), u32(1000), u32(1000), latin1('\x01\0\x08\0')]));
const data = chunk('data', noise(5000));
const list = chunk('LIST', noise(100));

describe('what encoders write is a whole WAV', () => {
  test.each([
    ['sound alone', file('WAVE', [fmt, data]), 5],
    ['chunks before and behind the sound', file('WAVE', [chunk('JUNK', zeros(28)), fmt, data, list]), 5],
    ['silence to the end', file('WAVE', [fmt, chunk('data', zeros(9000))]), 9],
    ['no size, as 0', sized(0, 'WAVE', [fmt, chunk('data', noise(5000), 0)]), 5],
    ['no size, as all ones', sized(0xffffffff, 'WAVE', [fmt, chunk('data', noise(5000), 0xffffffff)]), 5],
    ['no size, as sox says it', sized(0x7ffff024, 'WAVE', [fmt, chunk('data', noise(5000), 0x7ffff000)]), 5],
    ['an odd size with padding', file('WAVE', [fmt, chunk('data', noise(4999)), zeros(1), list]), 4.999],
    ['an odd size without padding', file('WAVE', [fmt, chunk('data', noise(4999)), list]), 4.999],
    ['an odd size without padding at the end', file('WAVE', [fmt, chunk('data', noise(4999))], 1), 4.999],
    ['the size of the file where that of the rest should be', file('WAVE', [fmt, data], 8), 5],
    ['a file that says it is shorter', file('WAVE', [fmt, data, list], -108), 5],
    ['sound that alone says it is longer', file('WAVE', [fmt, chunk('data', noise(5000), 5044)]), 5],
    ['bytes behind the end', Buffer.concat([file('WAVE', [fmt, data]), noise(300)]), 5],
  ])('%s', (_, bytes, durationSeconds) => {
    expect(verdictOver('wav', bytes)).toEqual({ state: 'whole', durationSeconds });
  });
});

describe('bad signs in a WAV', () => {
  const whole = file('WAVE', [fmt, data, list]);

  test.each([
    ['a cut in the sound', whole.subarray(0, 3000), /the chunk "data" lacks/],
    ['a cut in the format', whole.subarray(0, 24), /ends before its content/],
    ['a cut in the first header', whole.subarray(0, 8), /ends before its content/],
    ['a cut behind the sound', whole.subarray(0, -20), /the chunk "LIST" lacks 20 bytes/],
    ['a cut where only the sound says its size', sized(0, 'WAVE', [fmt, data]).subarray(0, 3000), /lacks/],
  ])('%s', (_, bytes, reason) => {
    expect(verdictOver('wav', bytes)).toEqual(isBroken(reason));
  });

  test('a RIFF file without sound is unknown', () => {
    expect(verdictOver('wav', file('WAVE', [fmt, list]))).toMatchObject({ state: 'unknown' });
    expect(verdictOver('wav', file('AVI ', [list]))).toMatchObject({ state: 'unknown' });
  });
});

describe('WebP', () => {
  const picture = chunk('VP8 ', noise(601));

  test.each([
    ['padding', file('WEBP', [picture, zeros(1)])],
    ['the last padding left out', file('WEBP', [picture], 1)],
    ['bytes behind the end', Buffer.concat([media('lossy.webp'), noise(100)])],
    ['zeros in other chunks', file('WEBP', [picture, zeros(1), chunk('XMP ', zeros(9000))])],
  ])('%s is whole', (_, bytes) => {
    expect(verdictOver('webp', bytes)).toMatchObject(isWhole);
  });

  test.each([
    ['a cut in the picture', file('WEBP', [picture, zeros(1)]).subarray(0, -9), /the chunk "VP8 " lacks/],
    ['a cut between chunks', file('WEBP', [picture, zeros(1), chunk('EXIF', noise(90))]).subarray(0, -98), /lacks 98/],
    ['a cut file filled up with zeros', file('WEBP', [chunk('VP8L', zeros(6000))]), /ends in zeros/],
  ])('%s is a bad sign', (_, bytes, reason) => {
    expect(verdictOver('webp', bytes)).toEqual(isBroken(reason));
  });
});
