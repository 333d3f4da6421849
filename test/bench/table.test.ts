import { expect, test } from 'vitest';
import { markdownTable } from '../../bench/table.ts';

test('a table can be read in a terminal: words begin and figures end in line', () => {
  const rows = [
    ['raw', '1.00'],
    ['our archiver', '10.25'],
  ];

  expect(markdownTable(['way', 'CPU'], rows, 1).split('\n')).toEqual([
    '| way          |   CPU |',
    '| ------------ | ----: |',
    '| raw          |  1.00 |',
    '| our archiver | 10.25 |',
  ]);
});

test('a pipe in a cell does not end the cell', () => {
  expect(markdownTable(['way'], [['curl | aws']], 1)).toContain('| curl \\| aws |');
});

test('a short row is filled up', () => {
  expect(markdownTable(['a', 'b'], [['x']], 1).split('\n')[2]).toBe('| x   |     |');
});
