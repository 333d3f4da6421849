import { expect, test } from 'vitest';
import { type Format, mediaFile } from '../../bench/servers/media-file.ts';
import { recognise } from '../../functions/domain/media.ts';
import { addToCheck, endCheck, startCheck } from '../../functions/domain/structure/check.ts';

const whole = (format: Format, bytes: number) => Buffer.concat([...mediaFile(format, bytes).pieces(0, bytes)]);

test.each([
  { format: 'mp3', kind: 'audio', bytes: 10_000_000 },
  { format: 'mp3', kind: 'audio', bytes: 1_000_009 },
  { format: 'wav', kind: 'wav', bytes: 9_000_001 },
  { format: 'mp4', kind: 'video', bytes: 9_000_001 },
] as const)('a $format of $bytes bytes is as long as that, and known for what it is', ({ format, kind, bytes }) => {
  const file = whole(format, bytes);

  expect(file.length).toBe(bytes);
  expect(recognise(file.subarray(0, 4096), kind)).toMatchObject({ extension: format });
});

test.each([
  { format: 'mp3', bytes: 10_000_000 },
  { format: 'wav', bytes: 100_000_000 },
  { format: 'mp4', bytes: 100_000_001 },
  { format: 'mp4', bytes: 5 * 1024 ** 3 },
] as const)('a $format of $bytes bytes is whole to its end, and not a byte before', ({ format, bytes }) => {
  const checked = (to: number) => {
    let state = startCheck(format, null);
    for (const piece of mediaFile(format, bytes).pieces(0, to)) state = addToCheck(state, piece);
    return endCheck(state).state;
  };

  expect(checked(bytes)).toBe('whole');
  expect(checked(bytes - 1)).toBe('broken');
});

test('an MP3 is whole frames from the end of its tag to its last byte', () => {
  const file = whole('mp3', 10_000_000);
  const tagBytes = 10 + (file[8] ?? 0) * 128 + (file[9] ?? 0);
  const headers = new Set<number>();
  let at = tagBytes;
  for (; at < file.length; at += 960) headers.add(file.readUInt32BE(at));

  expect(at).toBe(file.length);
  expect([...headers]).toEqual([0xfffbe404]);
});

test('a WAV tells its own length', () => {
  const file = whole('wav', 2_000_000);

  expect(file.readUInt32LE(4)).toBe(2_000_000 - 8);
  expect(file.readUInt32LE(40)).toBe(2_000_000 - 44);
});

test.each(['mp3', 'wav', 'mp4'] as const)('a range of a %s is that very part of it', (format) => {
  const file = whole(format, 9_000_000);
  const range = Buffer.concat([...mediaFile(format, 9_000_000).pieces(17, 8_500_001)]);

  expect(range.equals(file.subarray(17, 8_500_001))).toBe(true);
});

test('two parts of 8 MiB never hold the same bytes', () => {
  const part = 8 * 1024 ** 2;
  const file = whole('wav', 4 * part);
  const parts = [0, 1, 2, 3].map((index) => file.toString('latin1', index * part, (index + 1) * part));

  expect(new Set(parts).size).toBe(4);
});
