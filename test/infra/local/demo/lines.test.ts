// The small pieces that the demo's screen is made of.
import { describe, expect, it } from 'vitest';
import { formatBytes, formatSeconds } from '../../../../infra/local/demo/amounts.ts';
import { plainText } from '../../../../infra/local/demo/plain-text.ts';
import { progressBar } from '../../../../infra/local/demo/progress-bar.ts';
import { treeLines } from '../../../../infra/local/demo/tree.ts';
import { wrap } from '../../../../infra/local/demo/wrap.ts';

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

  it('lets a longer word stand alone', () => {
    expect(wrap('a incomprehensible b', 5)).toEqual(['a', 'incomprehensible', 'b']);
  });

  it('makes no line of nothing', () => {
    expect(wrap('  ', 5)).toEqual([]);
  });
});

describe('treeLines', () => {
  it('shows folders with the sum of what is in them, and files under them', () => {
    const lines = treeLines('library', [
      { path: '2026-11/song/b.mp3', bytes: 2000 },
      { path: '2026-11/song/a.jpeg', bytes: 500 },
      { path: '2026-12/film/c.mp4', bytes: 1_000_000 },
    ]);

    expect(lines).toEqual([
      '  1.0 MB  library/',
      '  2.5 kB  ├─ 2026-11/',
      '  2.5 kB  │  └─ song/',
      '   500 B  │     ├─ a.jpeg',
      '  2.0 kB  │     └─ b.mp3',
      '  1.0 MB  └─ 2026-12/',
      '  1.0 MB     └─ film/',
      '  1.0 MB        └─ c.mp4',
    ]);
  });

  it('shows an empty library as such', () => {
    expect(treeLines('library', [])).toEqual(['     0 B  library/']);
  });

  it('lets no name steer the terminal', () => {
    expect(treeLines('library', [{ path: 'x\u001b[31m/y\n', bytes: 1 }]).join('')).not.toMatch(/\p{Cc}/u);
  });
});
