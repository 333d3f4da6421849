import { expect, test } from 'vitest';
import { lineOf, pagesBetween, rowAt, startListing, withPage } from '../../../room/page/listing.ts';
import { noFilter } from '../../../room/page/route.ts';
import type { ListedTasks, TaskRow } from '../../../room/page-api.ts';

const rowOf = (line: number): TaskRow => ({
  ...{ taskId: `task-${line}`, at: '', day: '2026-11-21', provider: 'kie.ai', kind: 'music', status: 'archived' },
  ...{ title: null, tags: null, labels: {}, takes: [], files: 0, stored: 0, progress: null, attention: null },
});

const answer = (page: number, revision = 1): ListedTasks => ({
  ...{ revision, read: 5000, of: 5000, trouble: null, total: 5000 + revision, kinds: ['music'], from: page * 100 },
  days: [{ day: '2026-11-21', count: 5000 + revision }],
  rows: Array.from({ length: 100 }, (_, at) => rowOf(page * 100 + at)),
});

test('keeps the twelve pages nearest to the last one that was loaded', () => {
  let listing = startListing(noFilter, [answer(0)]);
  for (let page = 1; page <= 40; page++) listing = listing && withPage(listing, answer(page));

  expect([...(listing?.pages.keys() ?? [])].sort((one, other) => one - other)).toEqual(
    Array.from({ length: 12 }, (_, at) => 29 + at),
  );
  expect(listing && rowAt(listing, 4042)?.taskId).toBe('task-4042');
  expect(listing && lineOf(listing, 'task-3999')).toBe(3999);
  expect(listing && lineOf(listing, 'task-7')).toBeUndefined();
});

test('an answer older than the listing does not change its lengths', () => {
  const listing = startListing(noFilter, [answer(0, 7)]);

  expect(listing && withPage(listing, answer(1, 3)).total).toBe(5007);
});

test.each([
  [0, 1, [0]],
  [0, 100, [0]],
  [99, 101, [0, 1]],
  [250, 410, [2, 3, 4]],
  [5, 5, [0]],
])('finds the pages of lines %i to %i', (from, to, pages) => {
  expect(pagesBetween(from, to)).toEqual(pages);
});
