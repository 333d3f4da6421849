import { describe, expect, test } from 'vitest';
import { isBroken, latin1, media, noise, verdictOver, zeros } from './media-files.ts';

const bare = media('cbr-bare.mp3');
const announced = media('cbr-xing-id3v2.mp3');
const frames = 97;
const seconds = (frames * 1152) / 44_100;
/** The end of the fortieth frame; frames of 96 kbit/s have 313 or 314 bytes. */
const frameEnd = Math.round((40 * 144 * 96_000) / 44_100);
const [front, back] = [bare.subarray(0, frameEnd), bare.subarray(frameEnd)];

const id3v2 = (body: Buffer, flags = 0) =>
  Buffer.concat([latin1('ID3\x04\0'), Buffer.from([flags, 0, 0, body.length >> 7, body.length & 127]), body]);
const id3v2Footer = (body: Buffer) => Buffer.concat([id3v2(body, 0x10), latin1('3DI\x04\0\x10\0\0\0\0')]);
const id3v1 = Buffer.concat([latin1('TAG'), noise(124), latin1('\xff')]);
/** A header or footer: bit 29 of the flags says which, bit 31 says that there is a header. */
const apeMark = (bytes: number, flags: number) => {
  const mark = Buffer.concat([latin1('APETAGEX'), zeros(24)]);
  mark.writeUInt32LE(2000, 8);
  mark.writeUInt32LE(bytes, 12);
  mark.writeUInt32LE(flags, 20);
  return mark;
};
const apeItems = Buffer.concat([noise(200), bare.subarray(0, 30)]);
const apeWhole = Buffer.concat([apeMark(262, 0xa0000000), apeItems, apeMark(262, 0x80000000)]);
const apeFooter = Buffer.concat([apeItems, apeMark(262, 0)]);
const lyrics3 = latin1('LYRICSBEGININD0000200LYR00005hello000036LYRICS200');

describe('what encoders, taggers and hosts do is whole, and as long as its frames', () => {
  test.each([
    ['an ID3v2 tag in front', [id3v2(noise(300)), bare]],
    ['an ID3v2 tag with a footer', [id3v2Footer(noise(300)), bare]],
    ['two ID3v2 tags', [id3v2(noise(300)), id3v2(noise(40)), bare]],
    ['padding behind the tag', [id3v2(noise(300)), zeros(2000), bare]],
    ['bytes in front that are no frame', [noise(700), bare]],
    ['an ID3v1 tag at the end', [bare, id3v1]],
    ['an enhanced ID3v1 tag', [bare, latin1('TAG+'), noise(223), id3v1]],
    ['an APEv2 tag', [bare, apeWhole]],
    ['an APEv2 tag, then ID3v1', [bare, apeWhole, id3v1]],
    ['an APEv2 tag with a footer only, and frames in a picture in it', [bare, apeFooter]],
    ['lyrics, then ID3v1', [bare, lyrics3, id3v1]],
    ['an ID3v2 tag at the end', [bare, id3v2(noise(100))]],
    ['a tag between frames', [front, id3v2(noise(100)), back]],
    ['junk between frames', [front, noise(1000), back]],
    ['a sync in the junk between frames', [front, noise(10), bare.subarray(0, 50), noise(500), back]],
    ['a few odd bytes at the end', [bare, latin1('\0\r\n')]],
    ['padding at the end', [bare, zeros(4096)]],
    ['zeros behind all frames that were announced', [announced, zeros(60_000)]],
  ])('%s', (_, parts) => {
    const whole = Buffer.concat(parts);

    const verdict = verdictOver('mp3', whole);

    expect(verdict).toEqual({ state: 'whole', durationSeconds: expect.closeTo(seconds, 3) });
  });

  test('two songs one behind the other are as long as both', () => {
    const verdict = verdictOver('mp3', bare, bare);

    expect(verdict).toEqual({ state: 'whole', durationSeconds: expect.closeTo(2 * seconds, 3) });
  });
});

/** A first frame as Fraunhofer's encoder writes it, which announces this many frames. */
function vbri(frames: number): Buffer {
  const first = Buffer.concat([bare.subarray(0, 4), zeros(309)]);
  first.write('VBRI\0\x01', 36, 'latin1');
  first.writeUInt32BE(frames, 50);
  return first;
}

test('a VBRI header announces frames', () => {
  expect(verdictOver('mp3', vbri(frames), bare)).toMatchObject({ state: 'whole' });
  expect(verdictOver('mp3', vbri(frames + 2), bare)).toEqual(isBroken(/only 97 of 99 MP3 frames arrived/));
});

describe('bad signs', () => {
  test.each([
    ['a cut in a frame', [bare.subarray(0, 10_000)], /ends inside a frame/],
    ['a cut behind the first byte of a frame', [front, latin1('\xff')], /ends inside a frame/],
    ['a cut behind the third byte of a frame', [front, bare.subarray(0, 3)], /ends inside a frame/],
    ['fewer frames than announced', [announced.subarray(0, 20_000)], /^only \d+ of 97 MP3 frames arrived$/],
    ['a cut in the tag in front', [id3v2(noise(300)).subarray(0, 200)], /inside a tag, before any sound/],
    ['a cut behind the tag in front', [id3v2(noise(300))], /before any sound/],
    ['a cut in the first frame', [id3v2(noise(300)), bare.subarray(0, 40)], /inside a frame, before any sound/],
    ['a cut in the tag at the end', [bare, apeWhole.subarray(0, 100)], /inside a tag/],
    ['a cut file filled up with zeros', [bare.subarray(0, 10_000), zeros(20_000)], /ends in zeros/],
    ['zeros behind a tag', [id3v2(noise(300)), zeros(20_000)], /zeros arrived instead/],
    ['a large hole in the middle', [front, zeros(70_000), back], /^70000 bytes in the middle of the MP3 are not MP3$/],
  ])('%s', (_, parts, reason) => {
    expect(verdictOver('mp3', ...parts)).toEqual(isBroken(reason));
  });
});

describe('what is unknown', () => {
  test.each([
    ['a page behind a tag', [id3v2(noise(300)), latin1('<!doctype html>'.repeat(20))]],
    ['mostly other bytes', [noise(20_000), front, noise(20_000)]],
  ])('%s', (_, parts) => {
    expect(verdictOver('mp3', ...parts)).toMatchObject({ state: 'unknown' });
  });
});
