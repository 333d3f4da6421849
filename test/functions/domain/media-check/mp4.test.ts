import { describe, expect, test } from 'vitest';
import { isBroken, isWhole, latin1, media, noise, verdictOver, zeros } from './media-files.ts';

const u32 = (...values: number[]) => {
  const bytes = zeros(4 * values.length);
  values.forEach((value, index) => void bytes.writeUInt32BE(value, 4 * index));
  return bytes;
};
const box = (type: string, ...body: Buffer[]) => {
  const bytes = Buffer.concat(body);
  return Buffer.concat([u32(8 + bytes.length), latin1(type), bytes]);
};
const longBox = (type: string, body: Buffer) => Buffer.concat([u32(1), latin1(type), u32(0, 16 + body.length), body]);
const openBox = (type: string, body: Buffer) => Buffer.concat([u32(0), latin1(type), body]);

const track = (codec: string) =>
  box(
    'trak',
    box('tkhd', u32(0, 0, 0, 1, 0, 0)),
    box(
      'mdia',
      box('mdhd', u32(0, 0, 0, 1000, 0)),
      box('minf', box('stbl', box('stsd', u32(0, 1, 16), latin1(codec)))),
    ),
  );
const movie = (duration: number, ...more: Buffer[]) => box('moov', box('mvhd', u32(0, 0, 0, 600, duration)), ...more);

const start = box('ftyp', latin1('isom\0\0\x02\0'));
const moov = movie(1200, track('mp4a'));
const mdat = box('mdat', noise(9000));
const emptied = box('mdat', noise(4000), zeros(5000));

describe('what encoders and hosts do is whole', () => {
  test.each([
    ['the description first', [start, moov, mdat]],
    ['the description last', [start, mdat, moov]],
    ['a payload of 64 bits of size', [start, moov, longBox('mdat', noise(9000))]],
    ['a last payload that does not say its size', [start, moov, openBox('mdat', noise(9000))]],
    ['boxes that nobody knows', [start, box('uuid', noise(90)), moov, box('\xa9abc', noise(9)), mdat, box('free')]],
    ['a few odd bytes at the end', [start, moov, mdat, latin1('\0\x01\x02')]],
    ['zeros behind the last box', [start, moov, mdat, zeros(10_000)]],
    ['other bytes behind the last box', [start, moov, mdat, noise(3000)]],
    ['padding in a parent', [start, movie(1200, track('mp4a'), zeros(4)), mdat]],
    ['much padding in a parent', [start, movie(1200, track('mp4a'), zeros(40)), mdat]],
    ['a child that says it is longer than its parent', [start, movie(1200, u32(9000), latin1('udta')), mdat]],
    ['sound without compression that ends in silence', [start, movie(1200, track('sowt')), emptied]],
    ['zeros in a box for them', [start, moov, mdat, box('free', zeros(9000))]],
  ])('%s', (_, boxes) => {
    expect(verdictOver('mp4', ...boxes)).toEqual({ state: 'whole', durationSeconds: 2 });
  });

  test('a duration that is not known is null', () => {
    expect(verdictOver('mp4', start, movie(0xffffffff), mdat)).toEqual({ state: 'whole', durationSeconds: null });
  });

  test('a duration in 64 bits is read', () => {
    const long = box('moov', box('mvhd', u32(0x01000000, 0, 0, 0, 0, 1000, 2, 0)));

    expect(verdictOver('mp4', start, long, mdat)).toEqual({ state: 'whole', durationSeconds: (2 * 2 ** 32) / 1000 });
  });
});

describe('bad signs', () => {
  test.each([
    ['a cut in the payload', [start, moov, mdat.subarray(0, -1)], /the box "mdat" of the MP4 lacks 1 bytes/],
    ['a payload too large to be', [start, moov, u32(1), latin1('mdat'), u32(0x7fffffff, 0)], /the box "mdat"/],
    ['a cut in the description', [start, mdat, moov.subarray(0, 40)], /the box "moov"/],
    ['no description', [start, mdat], /before its description/],
    ['no description, the payload open', [start, openBox('mdat', noise(9000))], /before its description/],
    ['no payload', [start, moov], /before its payload/],
    ['a cut in the header of the payload', [start, moov, mdat.subarray(0, 5)], /before its payload/],
    ['zeros instead of the description', [start, mdat, zeros(9000)], /before its description/],
    ['a cut payload filled up with zeros', [start, moov, emptied], /ends in zeros/],
  ])('%s', (_, boxes, reason) => {
    expect(verdictOver('mp4', ...boxes)).toEqual(isBroken(reason));
  });
});

describe('fragments', () => {
  const announcing = (duration: number) =>
    movie(0, track('mp4a'), box('mvex', box('mehd', u32(0, duration)), box('trex', u32(0, 1, 1, 250, 0, 0))));
  const moof = (...run: Buffer[]) => box('moof', box('traf', box('tfhd', u32(0, 1)), ...run));
  const even = Buffer.concat([moof(box('trun', u32(0, 4))), mdat]);
  const oneByOne = Buffer.concat([moof(box('trun', u32(0x301, 3, 0, 500, 9, 250, 9, 250, 9))), mdat]);
  const later = Buffer.concat([moof(box('tfdt', u32(0, 2000)), box('trun', u32(0, 4))), mdat]);

  test.each([
    ['of samples as long as the track says', [even], 1],
    ['of samples that each say how long they are', [oneByOne], 1],
    ['one behind the other', [even, oneByOne, even], 3],
    ['that say when they begin', [even, even, later], 1],
  ])('%s add up', (_, fragments, durationSeconds) => {
    expect(verdictOver('mp4', start, announcing(600), ...fragments)).toEqual({ state: 'whole', durationSeconds });
  });

  test.each([
    ['less than was announced', [start, announcing(1800), even], /fragments of 1\.0 s arrived, of 3\.0 s announced/],
    ['no payload in the last one', [start, announcing(0), even, moof()], /lacks its payload/],
    ['a cut in the header of one', [start, announcing(0), even, even.subarray(0, 6)], /inside the header/],
    ['bytes that are no box', [start, announcing(0), even, zeros(20)], /no box starts/],
    ['none', [start, announcing(0)], /before its payload/],
  ])('%s is a bad sign', (_, boxes, reason) => {
    expect(verdictOver('mp4', ...boxes)).toEqual(isBroken(reason));
  });
});

test('a picture made of boxes is unknown', () => {
  const verdict = verdictOver('mp4', box('ftyp', latin1('avif')), box('meta', noise(90)), mdat);

  expect(verdict).toMatchObject({ state: 'unknown' });
});

test('M4A is checked as MP4 is', () => {
  const file = media('aac.m4a');

  expect(verdictOver('m4a', file)).toMatchObject(isWhole);
  expect(verdictOver('m4a', file.subarray(0, 9000))).toEqual(isBroken(/lacks \d+ bytes/));
});
