import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planAssets } from '../../../functions/archiver/plan.ts';
import { parseCallback } from '../../../functions/domain/callback/parse.ts';
import { contentDisposition, safeName, shortId } from '../../../functions/domain/file-name.ts';
import { mergeCallback } from '../../../functions/domain/merge.ts';
import {
  callbackKey,
  keySafeTaskId,
  quarantineKey,
  recordKey,
  unrecognisedKey,
} from '../../../functions/domain/object-key.ts';
import type { TaskRecord } from '../../../functions/domain/record.ts';
import { openAsset } from '../../../functions/domain/reopen.ts';

const rightToLeft = '\u202e';

function plan(tracks: readonly object[], taskId = '2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72'): TaskRecord {
  const body = { code: 200, msg: 'ok', data: { callbackType: 'complete', task_id: taskId, data: tracks } };
  const parsed = parseCallback(Buffer.from(JSON.stringify(body)));
  if ('unrecognised' in parsed) throw new Error(parsed.unrecognised);
  return planAssets(
    mergeCallback(undefined, { callback: parsed.callback, receivedAt: '2026-11-20T10:00:00.000Z', labels: {} }),
  );
}

const song = (id: string, title: unknown) => ({
  id,
  title,
  prompt: 'la',
  audio_url: 'https://h.example/a.mp3',
  image_url: 'https://h.example/a.jpeg',
});

describe('a title becomes a safe name', () => {
  const names: [string, string, string][] = [
    ['of plain words', 'Iron Man', 'Iron-Man'],
    ['that climbs folders', '../../x', 'x'],
    ['with a NUL', 'a\0b', 'a-b'],
    ['with direction marks', `abc${rightToLeft}3pm.exe`, 'abc-3pm-exe'],
    ['that is a device name', 'CON', 'CON'],
    ['of emoji only', '🎸🔥', ''],
    ['in another script', '夜の街 2', '夜の街-2'],
    ['with marks that belong to letters', 'हिन्दी गीत', 'हिन्दी-गीत'],
    ['in decomposed form', 'e\u0301te\u0301', 'été'],
    ['of separators only', '///', ''],
    ['with a lone surrogate', 'a\ud800b', 'a-b'],
  ];

  test.each(names)('%s', (_, title, name) => {
    expect(safeName(title)).toBe(name);
  });

  test('of 5 KB, cut at a whole character', () => {
    expect(safeName('x'.repeat(5000))).toBe('x'.repeat(60));
    expect(Buffer.byteLength(safeName('𐍈'.repeat(5000)))).toBeLessThanOrEqual(120);
    expect(safeName('𐍈'.repeat(5000)).isWellFormed()).toBe(true);
  });

  test('of any text, bounded and free of everything but letters, marks, digits and dashes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (title) => {
        expect(safeName(title)).toMatch(/^(?:[\p{L}\p{M}\p{N}]+(?:-[\p{L}\p{M}\p{N}]+)*)?$/u);
        expect(Buffer.byteLength(safeName(title))).toBeLessThanOrEqual(120);
      }),
    );
  });
});

describe('the places of a task’s files', () => {
  test('are what a person expects to find', () => {
    const record = plan([song('8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c', 'Iron Man')]);

    expect(record.folder).toBe('library/2026-11/2026-11-20_Iron-Man_2fac5d0e');
    expect(new Set(record.assets.map(({ path }) => path))).toEqual(
      new Set(['library/2026-11/2026-11-20_Iron-Man_2fac5d0e/Iron-Man_8551e0a4']),
    );
  });

  test('stay where they were planned, whatever title comes later', () => {
    const before = plan([song('a', 'Old')]);

    const after = planAssets({ ...before, tracks: before.tracks.map((track) => ({ ...track, title: 'New' })) });

    expect(after.folder).toBe(before.folder);
    expect(after.assets.map(({ path }) => path)).toEqual(before.assets.map(({ path }) => path));
  });

  test('have a name where the title leaves none', () => {
    expect(plan([song('a', '🎸')]).folder).toContain('_Untitled_');
  });

  test('are unique, bounded and safe for any titles, ids and task id', () => {
    const ids = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((id) => id.trim() !== ''),
      fc.uuid().map((uuid) => `8551e0a4${uuid.slice(8)}`),
    );
    const songs = fc.array(fc.record({ id: ids, title: fc.string({ unit: 'binary', maxLength: 300 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(songs, ids, (tracks, taskId) => {
        const record = plan(
          tracks.map(({ id, title }, index) => ({ ...song(id, title), audio_url: `https://h.example/${index}.mp3` })),
          taskId,
        );
        const audio = record.assets.filter(({ kind }) => kind === 'audio').map(({ path }) => path);

        expect(new Set(audio).size).toBe(audio.length);
        for (const path of record.assets.map((asset) => asset.path)) {
          expect(Buffer.byteLength(`${path}.jpeg`)).toBeLessThanOrEqual(1024);
          expect(path).toMatch(/^library\/2026-11\/[^/]+\/[^/]+$/u);
          expect(path.split('/').every((segment) => Buffer.byteLength(segment) <= 250)).toBe(true);
          expect(path).not.toMatch(/[\p{C}\\:*?"<>|]|\.\./u);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a task id in a key', () => {
  test.each(['2fac5d0e', 'A.b_c-9', 'x'.repeat(128)])('is used as sent where it is safe: %s', (id) => {
    expect(recordKey(id)).toBe(`tasks/${id}.json`);
  });

  test.each(['..', '.', 'a/b', '../x', 'x'.repeat(129), 'ü', 'a b', 'a\0'])('is hashed where it is not: %j', (id) => {
    expect(keySafeTaskId(id)).toMatch(/^sha256-[0-9a-f]{64}$/);
  });
});

test('callbacks are stored under their stage and their hash', () => {
  const body = Buffer.from('{}');

  expect(callbackKey('t', 'first', body)).toBe('callbacks/t/first-44136fa3.json');
  expect(unrecognisedKey(body)).toBe('callbacks/unrecognised/44136fa355b3678a.json');
});

test('what is in quarantine has a name that nothing opens by itself', () => {
  const asset = { ...openAsset({ kind: 'audio', trackId: 'a', name: '', sources: [] }), path: 'library/x/Song_1' };

  expect(quarantineKey('t', asset)).toBe('quarantine/t/Song_1.audio.bin');
});

describe('a short id', () => {
  const ids: [string, RegExp][] = [
    ['8551E0A4-3c1d-4f5e-9b7a-2d6c4e8f662c', /^8551e0a4$/],
    ['2fac5d0e6b7c4f1e9a3d8c2b1a0f9f72', /^2fac5d0e$/],
    ['track-1', /^[0-9a-f]{8}$/],
    ['8551e0a4-3c1d-4f5e-9b7a-2d6c4e8f662c~2', /^(?!8551e0a4)[0-9a-f]{8}$/],
  ];

  test.each(ids)('of %s is eight characters', (id, short) => {
    expect(shortId(id)).toMatch(short);
  });
});

describe('Content-Disposition', () => {
  test('carries the real title in both forms', () => {
    expect(contentDisposition('Für Élise; 100%', 'mp3')).toBe(
      `inline; filename="F_r _lise_ 100_.mp3"; filename*=UTF-8''F%C3%BCr%20%C3%89lise%3B%20100%25.mp3`,
    );
  });

  test('cuts a long title between two characters', () => {
    expect(contentDisposition(`${'a'.repeat(59)}🎸b`, 'mp3')).toContain(`''${'a'.repeat(59)}%F0%9F%8E%B8.mp3`);
  });

  test('is a safe header for any title', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (title) => {
        const header = contentDisposition(title, 'mp3');
        expect(header).toMatch(/^inline; filename="[\x20-\x7e]+\.mp3"; filename\*=UTF-8''[A-Za-z0-9%.\-_!~]+$/);
        expect(header.split('"')).toHaveLength(3);
      }),
    );
  });
});
