import { describe, expect, it } from 'vitest';
import { treeLines } from '../../../local/demo/tree.ts';

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
