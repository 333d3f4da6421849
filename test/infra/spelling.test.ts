import { expect, test } from 'vitest';
import { closest } from '../../infra/spelling.ts';

test.each([
  ['sitting', ['kitten'], 3, 'kitten'],
  ['sitting', ['kitten'], 2, undefined],
  ['', ['abc'], 3, 'abc'],
  ['', ['abc'], 2, undefined],
  ['abc', [], 9, undefined],
  ['ABC', ['abc'], 0, 'abc'],
  ['cart', ['cat', 'chart', 'car'], 1, 'cat'],
  ['karts', ['cat', 'chart', 'cart'], 2, 'cart'],
])('the word closest to %j of %j within %i edits is %j', (word, words, maxEdits, expected) => {
  expect(closest(word, words, maxEdits)).toBe(expected);
});
