import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readExpectedTasks } from '../../../functions/domain/expected.ts';

const task = { provider: 'kie.ai', kind: 'music', taskId: 'abc-1' } as const;

test('one task, or an array of them, is read', () => {
  expect(readExpectedTasks(task)).toEqual({ tasks: [task] });
  expect(readExpectedTasks([task, { ...task, kind: 'video' }])).toEqual({ tasks: [task, { ...task, kind: 'video' }] });
});

test('an id is trimmed and well-formed, as it is in a callback', () => {
  const ids = [' abc ', '\ttab\n', 'half \ud800', 'x'.repeat(512), '음악'];

  expect(readExpectedTasks(ids.map((taskId) => ({ ...task, taskId })))).toEqual({
    tasks: ['abc', 'tab', 'half \ufffd', 'x'.repeat(512), '음악'].map((taskId) => ({ ...task, taskId })),
  });
});

const shape = 'must be an object with provider, kind, taskId';
const provider = 'provider must be one of sunoapi.org, kie.ai';
const kind = 'kind must be one of music, video, wav, stems, cover, lyrics, midi, voice, recovery, unknown';
const taskId = 'taskId must be text of 1 to 512 bytes without invisible characters';

describe('an error names the field and what it must be:', () => {
  test.each([
    [null, shape],
    ['abc', shape],
    [7, shape],
    [undefined, shape],
    [{}, provider],
    [{ ...task, provider: 'unknown' }, provider],
    [{ ...task, provider: 'constructor' }, provider],
    [{ ...task, kind: 'Music' }, kind],
    [{ ...task, kind: undefined }, kind],
    [{ ...task, taskId: undefined }, taskId],
    [{ ...task, taskId: 12 }, taskId],
    [{ ...task, taskId: '  ' }, taskId],
    [{ ...task, taskId: 'x'.repeat(513) }, taskId],
    [{ ...task, taskId: '음'.repeat(171) }, taskId],
    [{ ...task, taskId: 'a\0b' }, taskId],
    [{ ...task, taskId: 'a\u200bb' }, taskId],
    [{ ...task, taskId: 'a\u202eb' }, taskId],
    [{ ...task, taskId: 'a\uffff' }, taskId],
    [[], 'there is no task in the array'],
    [[task, task, []], `[2]: ${shape}`],
    [[[task]], `[0]: ${shape}`],
    [[task, { ...task, kind: 'x' }, null], `[1]: ${kind}`],
    [Array(1_001).fill(task), 'at most 1000 tasks may come in one request: send the others in further ones'],
  ])('%j', (sent, fault) => {
    expect(readExpectedTasks(sent)).toEqual({ fault });
  });
});

test('an error is short and quotes nothing of the input', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({ provider: fc.string(), kind: fc.string(), taskId: fc.string() }),
  );
  fc.assert(
    fc.property(fc.oneof(anything, fc.array(anything)), (sent) => {
      const read = readExpectedTasks(sent);

      if ('fault' in read) expect(read.fault).toMatch(/^(\[\d+\]: )?[A-Za-z0-9 .,:]{1,200}$/);
    }),
  );
});
