import { describe, expect, test } from 'vitest';
import { rowOf } from '../../../room/library/entry.ts';
import { listedTasks } from '../../../room/library/listed-tasks.ts';
import { trackOf } from '../../cli/records.ts';
import { entryFor } from './entries.ts';

const entries = Array.from({ length: 500 }, (_, index) =>
  entryFor({
    taskId: `task-${index}`,
    kind: index % 2 === 0 ? 'music' : 'video',
    status: index === 7 ? 'failed' : 'archived',
    tracks: [trackOf('a', index < 3 ? 'Iron' : 'River')],
  }),
);
const state = { revision: 4, read: 500, of: 600, trouble: null };

function asked(query: string) {
  const { status, body } = listedTasks(new URLSearchParams(query), {
    entries,
    state,
    row: (entry) => rowOf(entry, () => null),
  });
  return { status, ...JSON.parse(String(body)) };
}
const ids = (rows: { taskId: string }[]) => rows.map(({ taskId }) => taskId);

test('a piece of the list comes with how much there is, by day, and what there is to filter by', () => {
  const { rows, ...rest } = asked('from=2&count=3');

  expect(ids(rows)).toEqual(['task-2', 'task-3', 'task-4']);
  expect(rest).toEqual({
    ...{ status: 200, ...state, from: 2, total: 500, kinds: ['music', 'video'] },
    days: [{ day: '2026-11-20', count: 500 }],
  });
});

test('words, status and kind narrow it; empty ones do not', () => {
  expect(ids(asked('q=iron&kind=music&status=').rows)).toEqual(['task-0', 'task-2']);
  expect(ids(asked('status=failed&kind=').rows)).toEqual(['task-7']);
  expect(asked('kind=nothing')).toMatchObject({ total: 0, rows: [], days: [] });
});

test('never more than a bounded piece, and none beyond the end', () => {
  expect(asked('count=999999').rows).toHaveLength(200);
  expect(asked('').rows).toHaveLength(100);
  expect(asked('from=500')).toMatchObject({ from: 500, rows: [], total: 500 });
});

test('a page can begin at any task', () => {
  expect(asked('at=task-41&count=2&kind=video')).toMatchObject({ from: 20, rows: [{ taskId: 'task-41' }, {}] });
  expect(asked('at=task-41&kind=music')).toMatchObject({ rows: [], total: 250 });
});

describe('is refused', () => {
  test.each(['status=lost', 'from=-1', 'from=1.5', 'count=many', 'from=1e3'])('%s', (query) => {
    expect(asked(query)).toMatchObject({ status: 400, error: expect.any(String) });
  });
});
