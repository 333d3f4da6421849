import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../room/library/entry.ts';
import { createTaskLibrary } from '../../../room/library/library.ts';
import { recordOf, trackOf } from '../../cli/records.ts';
import { inMemoryBucket } from '../bucket-double.ts';

function openLibrary({ remembered = new Map<string, Entry>(), signal = new AbortController().signal } = {}) {
  const memory = inMemoryBucket();
  let at = Date.parse('2026-11-21T12:00:00Z');
  let changes = 0;
  const library = createTaskLibrary({
    bucket: memory.bucket,
    remembered: Promise.resolve(remembered),
    onChange: () => changes++,
    now: () => new Date(at),
    signal,
  });
  return {
    ...memory,
    library,
    ids: () => library.entries().map(({ line }) => line.taskId),
    changes: () => changes,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

const on = (taskId: string, firstSeenAt: string) => recordOf({ taskId, firstSeenAt });

test('all records are known after a look, the newest first', async () => {
  const { library, ids, putRecord } = openLibrary();
  putRecord(on('new', '2026-11-20T12:00:00Z'));
  putRecord(on('newest', '2026-11-20T12:00:00.001Z'));
  putRecord(on('old', '2026-11-01T12:00:00Z'));

  await library.refresh();

  expect(ids()).toEqual(['newest', 'new', 'old']);
  expect(library.state()).toMatchObject({ read: 3, of: 3, trouble: null });
  expect(library.isWhole()).toBe(true);
});

test('an empty bucket is distinguished from one that was not listed yet', async () => {
  const { library, changes } = openLibrary();
  expect([library.state().revision, changes()]).toEqual([0, 0]);

  await library.refresh();
  await library.refresh();

  expect([library.state().revision, changes()]).toEqual([1, 1]);
});

test('what was written last is read first', async () => {
  const { library, asked, putRecord } = openLibrary();
  for (const taskId of ['b', 'c', 'a']) putRecord(recordOf({ taskId }));

  await library.refresh();

  expect(asked.reads).toEqual(['tasks/a.json', 'tasks/c.json', 'tasks/b.json']);
});

test('a second look reads only what has changed, and knows what is gone', async () => {
  const { library, ids, asked, putRecord, remove } = openLibrary();
  for (const taskId of ['stays', 'changes', 'goes']) putRecord(recordOf({ taskId }));
  await library.refresh();
  const before = library.state().revision;
  asked.reads = [];

  putRecord(recordOf({ taskId: 'changes', status: 'failed' }));
  remove('tasks/goes.json');
  await library.refresh();

  expect(asked.reads).toEqual(['tasks/changes.json']);
  expect(ids().sort()).toEqual(['changes', 'stays']);
  expect(library.entry('tasks/changes.json')?.line.status).toBe('failed');
  expect(library.state().revision).toBeGreaterThan(before);
});

test('nothing is published if nothing has changed', async () => {
  const { library, changes, putRecord } = openLibrary();
  putRecord(recordOf({ taskId: 'one', status: 'archiving' }));
  await library.refresh();
  const [told, { revision }] = [changes(), library.state()];

  await library.refresh();
  await library.refreshMoving();

  expect([changes(), library.state().revision]).toEqual([told, revision]);
});

test('what was remembered is read again only if it is another version by now', async () => {
  const first = openLibrary();
  for (const taskId of ['same', 'other']) first.putRecord(recordOf({ taskId }));
  await first.library.refresh();
  const remembered = new Map(first.library.entries().map((entry) => [entry.key, entry]));
  const second = openLibrary({ remembered });
  second.putRecord(recordOf({ taskId: 'same' }));
  second.putRecord(recordOf({ taskId: 'other', tracks: [trackOf('a', 'New words')] }));

  await second.library.refresh();

  expect(second.asked.reads).toEqual(['tasks/other.json']);
  expect(second.ids().sort()).toEqual(['other', 'same']);
});

describe('what is no record', () => {
  test('is named, does not hide the others, and is not read again and again', async () => {
    const { library, ids, asked, put, putRecord } = openLibrary();
    put('tasks/odd.json', '{"schemaVersion":2}');
    put('tasks/notes.txt', 'of the owner');
    putRecord(recordOf({ taskId: 'one' }));

    await library.refresh();
    await library.refresh();

    expect(library.unreadable()).toEqual(['tasks/odd.json']);
    expect(ids()).toEqual(['one']);
    expect(asked.reads.filter((key) => key === 'tasks/odd.json')).toHaveLength(1);
    expect(library.isWhole()).toBe(true);
  });

  test('is one as soon as it is repaired, and none once it is broken', async () => {
    const { library, ids, put, putRecord } = openLibrary();
    put('tasks/one.json', 'half a rec');
    putRecord(recordOf({ taskId: 'two' }));
    await library.refresh();

    putRecord(recordOf({ taskId: 'one' }));
    put('tasks/two.json', '');
    await library.refresh();

    expect(ids()).toEqual(['one']);
    expect(library.unreadable()).toEqual(['tasks/two.json']);
  });

  test('is not even read where it is larger than any record', async () => {
    const { library, asked, put } = openLibrary();
    put('tasks/huge.json', ' '.repeat(8 * 1024 ** 2 + 1));

    await library.refresh();

    expect([asked.reads, library.unreadable()]).toEqual([[], ['tasks/huge.json']]);
  });
});

test('only what is being archived, or was just retried, is looked at between two looks', async () => {
  const { library, asked, pass, putRecord } = openLibrary();
  putRecord(recordOf({ taskId: 'moving', status: 'archiving' }));
  putRecord(recordOf({ taskId: 'retried', status: 'failed' }));
  putRecord(recordOf({ taskId: 'resting' }));
  await library.refresh();
  const looksAt = async () => {
    asked.reads = [];
    await library.refreshMoving();
    return asked.reads.toSorted();
  };

  library.expectNews('tasks/retried.json');

  expect(await looksAt()).toEqual(['tasks/moving.json', 'tasks/retried.json']);
  pass(61_000);
  expect(await looksAt()).toEqual(['tasks/moving.json']);
});

test('of very many that move, the fifty newest are looked at', async () => {
  const { library, asked, putRecord } = openLibrary();
  const ids = Array.from({ length: 60 }, (_, minute) => `moving-${minute}`);
  for (const [minute, taskId] of ids.entries()) {
    const firstSeenAt = new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
    putRecord(recordOf({ taskId, firstSeenAt, status: 'archiving' }));
  }
  await library.refresh();
  asked.reads = [];

  await library.refreshMoving();

  expect(asked.reads).toHaveLength(50);
  expect(asked.reads).not.toContain('tasks/moving-9.json');
  expect(asked.reads).toContain('tasks/moving-10.json');
});

test('of more records than a library has, those that were written last are held', async () => {
  const modified = (number: number) => new Date(Date.UTC(2026, 10, 20) + number * 1000);
  const bucket = {
    async *list() {
      // None of them is read: they are too large for records.
      for (let number = 0; number <= 50_000; number++)
        yield { key: `tasks/${number}.json`, bytes: 1e9, modified: modified(number), etag: `"${number}"` };
    },
    read: async () => undefined,
  };
  const signal = new AbortController().signal;
  const none = Promise.resolve(new Map<string, Entry>());
  const library = createTaskLibrary({ bucket, remembered: none, onChange: () => {}, now: () => modified(0), signal });

  await library.refresh();

  expect(library.state()).toMatchObject({ read: 50_000, of: 50_000 });
  expect(library.unreadable()).not.toContain('tasks/0.json');
});

test('a record that went while it moved is forgotten', async () => {
  const { library, ids, putRecord, remove } = openLibrary();
  putRecord(recordOf({ taskId: 'moving', status: 'archiving' }));
  await library.refresh();

  remove('tasks/moving.json');
  await library.refreshMoving();

  expect(ids()).toEqual([]);
});

test('while the bucket is down, what is known stays, and the rest comes afterwards', async () => {
  const { library, ids, fail, putRecord } = openLibrary();
  putRecord(recordOf({ taskId: 'one' }));
  await library.refresh();
  putRecord(recordOf({ taskId: 'two' }));

  fail(new Error('no network'));
  await expect(library.refresh()).rejects.toThrow('no network');

  expect(ids()).toEqual(['one']);
  fail(undefined);
  await library.refresh();
  expect(ids().sort()).toEqual(['one', 'two']);
});

test('nothing more is read once the room closes', async () => {
  const closing = new AbortController();
  const { library, asked, putRecord } = openLibrary({ signal: closing.signal });
  putRecord(recordOf({ taskId: 'one' }));
  closing.abort();

  await library.refresh();

  expect(asked.reads).toEqual([]);
});
