import { expect, test } from 'vitest';
import { testSong, testSongSeconds } from '../../client/test-song.ts';
import { mp3 } from '../../functions/domain/media-check/mp3.ts';

function verdictOn(bytes: Buffer) {
  return mp3.end(mp3.add(mp3.start(bytes.length), bytes));
}

test('the test song is a whole MP3 of the length that its callback tells', () => {
  expect(verdictOn(testSong('one'))).toEqual({ state: 'whole', durationSeconds: expect.closeTo(testSongSeconds, 3) });
});

test('a cut one is found out', () => {
  expect(verdictOn(testSong('one').subarray(0, -1)).state).toBe('broken');
});

test('it is the same for the same seed, and shares nothing but its headers with another', () => {
  const [one, again, other] = [testSong('one'), testSong('one'), testSong('other')];
  const same = one.filter((byte, at) => byte === other[at]).length;

  expect(one.equals(again)).toBe(true);
  // Headers and side information are 36 of 417 bytes; of the rest every 256th is the same by chance.
  expect(same / one.length).toBeLessThan(0.15);
});
