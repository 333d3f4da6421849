import { describe, expect, test } from 'vitest';
import { mean, median, medianRatio, rotated, spread } from '../../bench/statistics.ts';

describe('median', () => {
  test.each([
    { values: [3], expected: 3 },
    { values: [4, 1], expected: 2.5 },
    { values: [9, 1, 2], expected: 2 },
    { values: [10, 9, 1, 2], expected: 5.5 },
    { values: [], expected: Number.NaN },
  ])('of $values is $expected', ({ values, expected }) => {
    expect(median(values)).toBe(expected);
  });

  test('leaves the values in their order', () => {
    const values = [3, 1, 2];

    median(values);

    expect(values).toEqual([3, 1, 2]);
  });
});

test('the mean of several values lies in their middle', () => {
  expect(mean([1, 2, 6])).toBe(3);
});

describe('medianRatio', () => {
  test('compares within each round, so that a machine that slows down changes nothing', () => {
    const [fast, slow] = [
      [1, 10, 100],
      [2, 20, 200],
    ];

    expect(medianRatio(slow, fast)).toBe(2);
  });

  test('leaves out the rounds that lack the other value', () => {
    expect(medianRatio([2, 9, 9], [1])).toBe(2);
  });

  test('is no number where there is nothing to compare with', () => {
    expect(medianRatio([1, 2], [])).toBeNaN();
  });
});

test('the spread is the distance between the outermost values, against the median', () => {
  expect(spread([8, 10, 13])).toBe(0.5);
});

test.each([
  { round: 0, expected: ['a', 'b', 'c'] },
  { round: 1, expected: ['b', 'c', 'a'] },
  { round: 5, expected: ['c', 'a', 'b'] },
])('round $round begins with $expected.0', ({ round, expected }) => {
  expect(rotated(['a', 'b', 'c'], round)).toEqual(expected);
});

test('nothing in turn is nothing', () => {
  expect(rotated([], 3)).toEqual([]);
});
