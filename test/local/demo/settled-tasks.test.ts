import { describe, expect, it } from 'vitest';
import { countSettled } from '../../../local/demo/start-demo.ts';

const kept = { event: 'callback.kept', taskId: 'a' };
const done = { event: 'task', taskId: 'a' };

describe('countSettled', () => {
  it.each([
    ['nothing before the end of an invocation', [kept], 0],
    ['each callback once its invocation ended', [kept, done, kept, done], 2],
    ['callbacks left to the invocation that was at work', [kept, kept, kept, done], 3],
    ['nothing for a callback after the last end', [kept, done, kept], 1],
    [
      'nothing for another task',
      [
        { ...kept, taskId: 'b' },
        { ...done, taskId: 'b' },
      ],
      0,
    ],
    ['nothing for lines without a task', [{ event: 'callback.kept' }, { event: 'task' }], 0],
  ])('counts %s', (_case, lines, count) => {
    const dealtWith = countSettled();

    for (const line of lines) dealtWith.note(line);

    expect(dealtWith.of('a')).toBe(count);
  });
});
