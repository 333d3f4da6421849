import { describe, expect, test } from 'vitest';
import { layOut, linesByDay, slicesWithin, topOfLine } from '../../../room/page/layout.ts';

const sizes = { row: 10, heading: 5 };
const days = [
  { day: '2026-11-21', count: 2 },
  { day: '2026-11-20', count: 1000 },
  { day: '2026-11-19', count: 1 },
];
const layout = layOut(days, sizes);

test('a day is as high as its heading and its lines', () => {
  expect(layout.height).toBe(25 + 10_005 + 15);
  expect(layout.days.map(({ top, first }) => [top, first])).toEqual([
    [0, 0],
    [25, 2],
    [10_030, 1002],
  ]);
});

describe('slicesWithin', () => {
  const within = (top: number, bottom: number) =>
    slicesWithin(layout, top, bottom).map(({ box, from, to }) => [box.day, from, to]);

  test.each([
    [
      'the beginning',
      0,
      40,
      [
        ['2026-11-21', 0, 2],
        ['2026-11-20', 2, 3],
      ],
    ],
    ['the midst of a long day', 5030, 5050, [['2026-11-20', 502, 504]]],
    ['a line that is cut at both edges', 5035, 5039, [['2026-11-20', 502, 503]]],
    ['a heading alone', 25, 30, [['2026-11-20', 2, 2]]],
    [
      'the end',
      10_020,
      20_000,
      [
        ['2026-11-20', 1001, 1002],
        ['2026-11-19', 1002, 1003],
      ],
    ],
    ['beyond the end', 20_000, 20_100, []],
  ] as const)('finds the lines of %s', (_, top, bottom, expected) => {
    expect(within(top, bottom)).toEqual(expected);
  });
});

test.each([
  [-1, [['2026-11-20', [502, 503]]]],
  [503, [['2026-11-20', [502, 503]]]],
  [900, [['2026-11-20', [502, 503, 900]]]],
  [
    1,
    [
      ['2026-11-21', [1]],
      ['2026-11-20', [502, 503]],
    ],
  ],
])('draws line %i beside the visible lines', (extra, expected) => {
  const visible = slicesWithin(layout, 5030, 5050);

  expect(linesByDay(layout, visible, extra).map(({ box, lines }) => [box.day, lines])).toEqual(expected);
});

test.each([
  [0, 5],
  [1, 15],
  [2, 30],
  [1001, 10_020],
  [1002, 10_035],
  [1003, undefined],
])('line %i is below the lines before it', (line, top) => {
  expect(topOfLine(layout, line)).toBe(top);
});
