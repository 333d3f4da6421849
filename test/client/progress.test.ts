import { expect, test } from 'vitest';
import { createProgress } from '../../client/progress.ts';

function bench(moves = true, columns = 100) {
  const drawn: string[] = [];
  let ms = 0;
  const terminal = { moves, redraw: (lines: readonly string[]) => drawn.push(lines.join('|')) };
  const start = createProgress({ terminal, columns, now: () => new Date(ms) });
  return {
    drawn,
    start,
    pass: (by: number) => {
      ms += by;
    },
  };
}

test('shows how far the work is, ten times a second at most, and nothing in the end', () => {
  const { drawn, start, pass } = bench();

  const shown = start('Verifying', (bytes) => `${bytes} B`);
  shown.update(1, 4);
  shown.update(2, 4);
  pass(100);
  shown.update(3, 4);
  shown.end();

  expect(drawn).toEqual([
    'Verifying  ██████░░░░░░░░░░░░░░░░░░ 25 %  1 B of 4 B',
    'Verifying  ██████████████████░░░░░░ 75 %  3 B of 4 B',
    '',
  ]);
});

test('without a total it counts', () => {
  const { drawn, start } = bench();

  start('Moving').update(3);

  expect(drawn).toEqual(['Moving  3']);
});

test('never fills the last column, where some terminals break the line', () => {
  const { drawn, start } = bench(true, 40);

  start('Reading records').update(1, 1_000_000);

  expect(drawn.join('').length).toBeLessThan(40);
});

test('draws nothing where nothing can be drawn over', () => {
  const { drawn, start } = bench(false);

  start('Verifying').update(1, 2);

  expect(drawn).toEqual([]);
});
