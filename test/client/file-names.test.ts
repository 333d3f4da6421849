import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameFiles, readableName } from '../../client/file-names.ts';
import { assetOf, recordOf, trackOf } from '../cli/records.ts';

const [one, two] = ['8551e0a4-7b6e-4b52-9d2a-6a1f0c0b1d2e', '0a1b2c3d-7b6e-4b52-9d2a-6a1f0c0b1d2e'];

describe('readableName', () => {
  test.each([
    ['Iron Man', 'Iron Man'],
    ["Lanternes d'été 夜", "Lanternes d'été 夜"],
    ['../../etc/passwd', 'etc passwd'],
    ['a/b\\c:d*e?f"g<h>i|j', 'a b c d e f g h i j'],
    ['a\u0000\u001b[2J\u202eb', 'a [2J b'],
    ['.hidden. ', 'hidden'],
    ['...', 'Untitled'],
    ['', 'Untitled'],
    ['CON', '_CON'],
    ['lpt1.mp3', '_lpt1.mp3'],
    ['Console', 'Console'],
    ['half \ud83c', 'half \ufffd'],
  ])('%j becomes %j', (title, name) => {
    expect(readableName(title)).toBe(name);
  });

  test('is bounded, whatever the script', () => {
    expect(Buffer.byteLength(readableName('夜'.repeat(5_000)))).toBe(150);
  });

  test('leaves nothing that a file system refuses, of any title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (title) => {
        const name = readableName(title);

        expect(name).not.toMatch(/[\p{Cc}"\\/:*?<>|]|^[. ]|[. ]$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(150 + 1);
        expect(name).not.toBe('');
      }),
    );
  });
});

describe('nameFiles', () => {
  const namesOf = (titles: [string, string | null][], files: Parameters<typeof assetOf>[0][]) => {
    const record = recordOf({ taskId: 'task', tracks: titles.map(([id, title]) => trackOf(id, title)) });
    return nameFiles(record, files.map(assetOf)).map(({ fileName }) => fileName);
  };

  test('gives the files of a track its title', () => {
    const names = namesOf(
      [[one, 'Iron Man']],
      [
        { kind: 'audio', trackId: one, key: 'library/x/Iron-Man_8551e0a4.mp3' },
        { kind: 'image', trackId: one, key: 'library/x/Iron-Man_8551e0a4.jpeg' },
        { kind: 'lyrics', trackId: one, key: 'library/x/Iron-Man_8551e0a4.txt' },
      ],
    );

    expect(names).toEqual(['Iron Man.mp3', 'Iron Man.jpeg', 'Iron Man.txt']);
  });

  test.each([
    ['the same title', 'Iron Man', 'Iron Man'],
    ['titles that differ in their case', 'Iron Man', 'IRON MAN'],
    ['titles that differ in how they are composed', 'été', 'e\u0301te\u0301'],
  ])('keeps two tracks with %s apart by their short ids, and the files of each together', (_case, first, second) => {
    const names = namesOf(
      [
        [one, first],
        [two, second],
      ],
      [
        { kind: 'audio', trackId: one, key: 'a.mp3' },
        { kind: 'image', trackId: one, key: 'a.jpeg' },
        { kind: 'audio', trackId: two, key: 'b.mp3' },
      ],
    );

    expect(names).toEqual([
      `${first.normalize()} (8551e0a4).mp3`,
      `${first.normalize()} (8551e0a4).jpeg`,
      `${second.normalize()} (0a1b2c3d).mp3`,
    ]);
  });

  test('calls what belongs to no track what it is', () => {
    const names = namesOf(
      [],
      [
        { kind: 'stem', name: 'Vocal', key: 'a.mp3' },
        { kind: 'stem', name: 'Drums', key: 'b.mp3' },
        { kind: 'video', key: 'c.mp4' },
      ],
    );

    expect(names).toEqual(['Vocal.mp3', 'Drums.mp3', 'video.mp4']);
  });

  test('two files of one name get numbers', () => {
    const files = [
      { kind: 'audio', trackId: one, key: 'a.mp3' },
      { kind: 'stem', trackId: one, key: 'b.mp3' },
    ] as const;

    expect(namesOf([[one, 'Iron Man']], [...files])).toEqual(['Iron Man.mp3', 'Iron Man 2.mp3']);
  });
});
