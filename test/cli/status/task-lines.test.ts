import { expect, test } from 'vitest';
import { taskLines } from '../../../cli/status/task-lines.ts';
import { recordOf } from '../records.ts';

const now = new Date('2026-11-21T12:00:00Z');

test.each([
  ['kie.ai', 'Kind        music, kie.ai'],
  ['unknown', 'Kind        music, provider unknown'],
] as const)('the line on what kind of task it is says what is known of its provider, %s', (provider, line) => {
  expect(taskLines(recordOf({ taskId: 't-1', kind: 'music', provider }), now)).toContain(line);
});
