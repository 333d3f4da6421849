import { expect, test } from 'vitest';
import { createJsonLog } from '../../../functions/adapters/json-log.ts';

const clock = { now: () => new Date('2026-11-21T15:00:00Z') };

function logTo(figuresOf?: Parameters<typeof createJsonLog>[2]) {
  const lines: string[] = [];
  return { lines, log: createJsonLog((line) => lines.push(line), clock, figuresOf) };
}

test('writes one JSON object for each thing that happened', () => {
  const { lines, log } = logTo();

  log('info', 'task', { taskId: 't', bytes: 3, failure: null, code: undefined });
  log('warn', 'bare');

  expect(lines).toEqual([
    '{"time":"2026-11-21T15:00:00.000Z","level":"info","event":"task","taskId":"t","bytes":3,"failure":null}',
    '{"time":"2026-11-21T15:00:00.000Z","level":"warn","event":"bare"}',
  ]);
});

test('keeps hostile texts short, whole and on their line', () => {
  const { lines, log } = logTo();

  log('info', 'task', { title: `\n\u2028${'🎵'.repeat(5_000)}` });

  expect(lines.join('')).not.toContain('\n');
  expect(JSON.parse(lines.join('')).title).toBe(`\n\u2028${'🎵'.repeat(499)}`);
  expect(lines.join('').length).toBeLessThan(1_200);
});

test('a line that is measured holds its words and its figures', () => {
  const { lines, log } = logTo((event, fields) => ({ Said: `${event} ${fields.outcome}` }));

  log('info', 'callback', { outcome: 'received' });

  expect(JSON.parse(lines.join(''))).toMatchObject({
    event: 'callback',
    outcome: 'received',
    Said: 'callback received',
  });
});
