import { expect, test } from 'vitest';
import { begin, end, writeBetween } from '../../bench/write-between.ts';

test('what stands between the markers is replaced, and nothing else', () => {
  const text = `# Title\n${begin}\nold\n${end}\nrest\n`;

  expect(writeBetween(text, 'new\n')).toBe(`# Title\n${begin}\nnew\n${end}\nrest\n`);
});

test('writing the same again changes nothing', () => {
  const once = writeBetween(`${begin}${end}`, 'table') ?? '';

  expect(writeBetween(once, 'table')).toBe(once);
});

test.each(['', begin, end, `${end}\n${begin}`])('a text that lacks a marker is left alone: %j', (text) => {
  expect(writeBetween(text, 'new')).toBeUndefined();
});
