import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalised, searchText } from '../../../room/library/entry.ts';
import { daysOf, search, wordsOf } from '../../../room/library/listed-tasks.ts';
import { recordOf, trackOf } from '../../cli/records.ts';
import { entryFor } from './entries.ts';

const anything = { status: null, kind: null };
const found = (entries: Parameters<typeof search>[0], query: string) =>
  search(entries, { ...anything, words: wordsOf(query) }).map(({ line }) => line.taskId);

const iron = entryFor({
  taskId: 'task-1',
  labels: { project: 'demo' },
  tracks: [{ ...trackOf('a', 'Iron Man'), tags: 'doom metal', prompt: 'Has he lost\nhis mind?' }],
});
const river = entryFor({ taskId: 'task-2', kind: 'video', status: 'failed', tracks: [trackOf('b', 'RÍO Ａｚｕｌ')] });

describe('a task is found', () => {
  test.each(['iron', 'MAN', 'doom', 'lost mind', 'task-1', 'project=demo', 'demo  iron', 'mind lost his'])(
    'by %s',
    (query) => {
      expect(found([iron, river], query)).toEqual(['task-1']);
    },
  );

  test('however its letters are written', () => {
    expect(found([iron, river], 'río azul')).toEqual(['task-2']);
    expect(found([iron, river], 'ri\u0301o')).toEqual(['task-2']);
  });

  test('only if all words are in it', () => {
    expect(found([iron, river], 'iron azul')).toEqual([]);
  });
});

test('an empty query finds all, in their order', () => {
  expect(found([river, iron], '   ')).toEqual(['task-2', 'task-1']);
});

test('of an endless query only as much is used as a person would type', () => {
  expect(wordsOf('word '.repeat(100))).toHaveLength(16);
  expect(wordsOf('x'.repeat(5_000))).toEqual(['x'.repeat(1_000)]);
});

test('status and kind narrow it', () => {
  const words: string[] = [];
  const ids = (more: object) => search([iron, river], { ...anything, words, ...more }).map(({ line }) => line.taskId);

  expect(ids({ status: 'failed' })).toEqual(['task-2']);
  expect(ids({ kind: 'music' })).toEqual(['task-1']);
  expect(ids({ kind: 'music', status: 'failed' })).toEqual([]);
});

describe('whatever a title holds', () => {
  const title = fc.string({ unit: 'binary', maxLength: 60 });
  const withTitle = (text: string) => entryFor({ taskId: 'x', tracks: [trackOf('a', text)] });

  test('each of its words finds it, and one more word never finds more', () => {
    fc.assert(
      fc.property(title, title, (one, other) => {
        const entries = [withTitle(one), withTitle(other)];
        for (const word of wordsOf(one)) expect(search(entries, { ...anything, words: [word] })).toContain(entries[0]);
        const few = search(entries, { ...anything, words: wordsOf(one) });
        const fewer = search(entries, { ...anything, words: [...wordsOf(one), ...wordsOf(other)] });
        expect(few).toEqual(expect.arrayContaining(fewer));
      }),
    );
  });

  test('normalising again changes nothing that is looked for', () => {
    fc.assert(
      fc.property(title, (text) => {
        for (const word of wordsOf(text)) expect(wordsOf(word).join('')).toBe(normalised(word));
      }),
    );
  });
});

test('of endless lyrics a bounded piece is held, and the title and the labels always', () => {
  const prompt = 'ﷺ'.repeat(200_000);
  const text = searchText(recordOf({ taskId: 'x', labels: { a: 'b' }, tracks: [{ ...trackOf('a', 'Iron'), prompt }] }));

  expect(text).toMatch(/^x\na=b\niron\n/);
  expect(text.length).toBe(4096);
});

test('takes that share their lyrics are held once', () => {
  const track = { ...trackOf('a', 'Iron'), prompt: 'la la' };
  const text = searchText(recordOf({ taskId: 'x', tracks: [track, { ...track, trackId: 'b' }] }));

  expect(text).toBe('x\niron\nla la');
});

test('days are counted in the order of the list', () => {
  const on = (taskId: string, firstSeenAt: string) => entryFor({ taskId, firstSeenAt });
  const entries = [on('c', '2026-11-21T00:00:00Z'), on('b', '2026-11-20T23:59:59Z'), on('a', '2026-11-20T00:00:00Z')];

  expect(daysOf(entries)).toEqual([
    { day: '2026-11-21', count: 1 },
    { day: '2026-11-20', count: 2 },
  ]);
});
