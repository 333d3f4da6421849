import { describe, expect, test } from 'vitest';
import { parseContentRange, strongETag } from '../../../../functions/adapters/source/file-response.ts';

describe('strongETag', () => {
  test.each(['""', '"one"', '"5-abc/def=="', '"!#~"', '"\x80\xff"', `"${'e'.repeat(254)}"`])('takes %j', (text) => {
    expect(strongETag(text)).toBe(text);
  });

  test.each([
    ['none', undefined],
    ['a weak one', 'W/"one"'],
    ['a weak one in lower case', 'w/"one"'],
    ['one without quotes', 'one'],
    ['one that does not end', '"one'],
    ['one with a quote in it', '"on"e"'],
    ['one with a space in it', '"on e"'],
    ['one with a line break in it', '"one"\r\nx: 1'],
    ['one that ends with a line break', '"one"\n'],
    ['two', '"one", "two"'],
    ['one too long to be kept', `"${'e'.repeat(255)}"`],
    ['one beyond Latin-1', '"ŏ"'],
  ])('takes no ETag but a strong one: not %s', (_which, text) => {
    expect(strongETag(text)).toBeNull();
  });
});

describe('parseContentRange', () => {
  test.each([
    ['bytes 0-0/1', { first: 0, last: 0, totalBytes: 1 }],
    ['bytes 0-99/3000', { first: 0, last: 99, totalBytes: 3_000 }],
    ['Bytes 100-2999/3000', { first: 100, last: 2_999, totalBytes: 3_000 }],
    [
      'bytes 5368709120-5368709121/5368709122',
      { first: 5_368_709_120, last: 5_368_709_121, totalBytes: 5_368_709_122 },
    ],
  ])('reads %s', (text, range) => {
    expect(parseContentRange(text)).toEqual(range);
  });

  test.each([
    undefined,
    '',
    'bytes */3000',
    'bytes 0-99/*',
    'bytes 0-99',
    'bytes=0-99/3000',
    'bytes 99-0/3000',
    'bytes 0-3000/3000',
    'bytes 0-99/3000, 100-199/3000',
    'bytes -99/3000',
    'bytes 0-99/3000 ',
    'items 0-99/3000',
    'bytes 0-99/9999999999999999',
  ])('makes nothing of %j', (text) => {
    expect(parseContentRange(text)).toBeUndefined();
  });
});
