// docs/events.md is a contract: its example, fields and patterns are compared with the events that are published.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { pendingEvent } from '../../../functions/archiver/task-events.ts';
import { assetSummary, failure, taskRecord } from '../../../functions/domain/record.ts';
import { eventSource, taskEventDetail, taskEventTypes } from '../../../functions/domain/task-event.ts';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/events.md');
const jsonIn = (text: string): unknown[] =>
  [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => JSON.parse(json));

const tree = z.record(z.string(), z.unknown());
const [example, ...patterns] = jsonIn(page).map((value) => tree.parse(value));
const commands = [...page.matchAll(/--event-pattern[\s\\]+'(.+?)'/g)].map(([, json = '']) =>
  tree.parse(JSON.parse(json)),
);

test('the example is the last event of the record that docs/storage-layout.md shows', () => {
  const shown = jsonIn(read('docs/storage-layout.md'))[0];
  const record = taskRecord.parse(shown);
  const { detail, ...envelope } = example ?? {};
  const { stack, bucket } = taskEventDetail.parse(detail);

  const eventAfter = (announced: string[]) => pendingEvent({ ...record, announced }, { stack, bucket }, new Date());
  const ready = eventAfter([]);
  const end = eventAfter(ready === null ? [] : [ready.detail.id]);

  expect(ready?.type).toBe('MediaReady');
  expect(detail).toEqual(end?.detail);
  expect(envelope).toMatchObject({ source: eventSource, 'detail-type': end?.type });
  expect(record.announced).toEqual([ready?.detail.id, end?.detail.id]);
  // The page shows every field, in the order in which it is written.
  expect(JSON.stringify(shown)).toBe(JSON.stringify(record));
});

test('the page names every field and every type, and no others', () => {
  const [, table = ''] = page.split('**`detail`**');
  const rows = table
    .split('\n## ')[0]
    ?.split('\n')
    .filter((row) => row.startsWith('| `'));
  const named = rows?.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  const types = [...page.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, type]) => type);

  expect(named?.sort()).toEqual(Object.keys(taskEventDetail.shape).sort());
  expect(types).toEqual(taskEventTypes);
  for (const field of [...Object.keys(assetSummary.shape), ...Object.keys(failure.shape)]) {
    expect(page).toContain(`\`${field}\``);
  }
});

/** As EventBridge matches, as far as the page uses it: a list of values, or of `anything-but` with a prefix. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    return pattern.some((one) => {
      const { data } = z.object({ 'anything-but': z.object({ prefix: z.string() }) }).safeParse(one);
      return data === undefined ? one === value : !String(value).startsWith(data['anything-but'].prefix);
    });
  }
  const given = tree.safeParse(value).data ?? {};
  return Object.entries(tree.parse(pattern)).every(([name, inner]) => name in given && matches(inner, given[name]));
}

test.each([...patterns, ...commands].map((pattern) => [JSON.stringify(pattern), pattern] as const))(
  'a rule of the papers gets the example: %s',
  (_, pattern) => {
    expect(matches(pattern, example)).toBe(true);
    expect(matches(pattern, { ...example, source: 'somebody' })).toBe(false);
    expect(matches(pattern, { ...example, 'detail-type': 'AssetAtRisk' })).toBe(false);
  },
);

test('the papers show rules', () => {
  expect([patterns.length, commands.length]).toEqual([3, 1]);
});
