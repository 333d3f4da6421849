// The small pieces that screens are made of.
import { describe, expect, it } from 'vitest';
import { formatBytes, formatSeconds, plainText, progressBar, wrap } from '../../client/terminal.ts';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_949, '9.9 kB'],
    [9_950, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [3_600_000, '3.6 MB'],
    [999_949_999, '999.9 MB'],
    [999_950_000, '1.0 GB'],
  ])('shows %i bytes as %s', (bytes, shown) => {
    expect(formatBytes(bytes)).toBe(shown);
  });
});

describe('formatSeconds', () => {
  it('shows tenths of a second', () => {
    expect(formatSeconds(1_249)).toBe('1.2 s');
  });
});

describe('progressBar', () => {
  it.each([
    [0, '░░░░'],
    [1, '▏░░░'],
    [16, '██░░'],
    [31, '███▉'],
    [32, '████'],
  ])('shows %i of 32 in eighths of a column', (done, bar) => {
    expect(progressBar(done, 32, 4)).toBe(bar);
  });

  it.each([
    [5, 0, '░░░░'],
    [-1, 8, '░░░░'],
    [9, 8, '████'],
  ])('keeps its width when %i of %i makes no sense', (done, total, bar) => {
    expect(progressBar(done, total, 4)).toBe(bar);
  });
});

describe('plainText', () => {
  it('drops what would steer a terminal or turn the direction of writing', () => {
    expect(plainText('a\u001b[2Jb\r\n\u0007c\u009b1m\u202ed\u2028')).toBe('a[2Jbc1md');
  });

  it('leaves letters of any script and signs as they are', () => {
    expect(plainText('Lanternes d’été 夜 ✨')).toBe('Lanternes d’été 夜 ✨');
  });

  it('shortens by whole characters', () => {
    expect(plainText('🎵🎵🎵🎵', 3)).toBe('🎵🎵…');
    expect(plainText('🎵🎵🎵', 3)).toBe('🎵🎵🎵');
  });

  it('replaces half a surrogate pair', () => {
    expect(plainText('a\ud83c')).toBe('a\ufffd');
  });
});

describe('wrap', () => {
  it('fills lines up to the width and no further', () => {
    expect(wrap('one two three four', 7)).toEqual(['one two', 'three', 'four']);
  });

  it('puts a word that is too long on its own line', () => {
    expect(wrap('a incomprehensible b', 5)).toEqual(['a', 'incomprehensible', 'b']);
  });

  it('makes no line of nothing', () => {
    expect(wrap('  ', 5)).toEqual([]);
  });
});
