import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ForwardBodyTooLargeError, rewrite } from '../../../functions/forwarder/rewrite.ts';

const theirs = 'https://musicfile.api.box/one.mp3';
const ours = 'https://music.s3.eu-west-1.amazonaws.com/library/One.mp3?X-Amz-Signature=0f';
const links = new Map([[theirs, ours]]);
const rewritten = (json: string, maxLength = 1_000_000) => rewrite(json, links, maxLength);

describe('what has none of the links', () => {
  test('is the same, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        expect(rewritten(json)).toBe(json);
      }),
    );
  });

  test('is the same, whatever text it is', () => {
    const pieces = fc.array(fc.constantFrom('"', '\\', '\\"', '{', '[', ':', 'a', '\u2028', '🎸', '\ufeff', '\n'));
    fc.assert(
      fc.property(pieces, (found) => {
        expect(rewritten(found.join(''))).toBe(found.join(''));
      }),
    );
  });

  test.each([
    ['numbers that no computer’s double can hold', '{"id": 12345678901234567890, "x": 1.0, "y": 1e5, "z": -0}'],
    ['escapes, order, spaces and double keys', ' {"b":"\\u00e9\\/", "a" :1,\n"a":2}\r\n'],
    ['a link with something before or behind it', `["${theirs}?x=1", "see ${theirs}", "${theirs}\u0000"]`],
    ['JSON inside a string', JSON.stringify({ resultJson: '{ "a": 12345678901234567890 }' })],
    ['an unfinished text', `{"audio_url": "${theirs}`],
  ])('keeps %s', (_, json) => {
    expect(rewritten(json)).toBe(json);
  });
});

describe('a link', () => {
  test.each([
    ['as a value', `{"audio_url":"${theirs}"}`, `{"audio_url":"${ours}"}`],
    ['wherever it stands', `[["${theirs}"], {"a": {"b": "${theirs}"}}]`, `[["${ours}"], {"a": {"b": "${ours}"}}]`],
    ['with escaped slashes', `["${theirs.replaceAll('/', '\\/')}"]`, `["${ours}"]`],
    ['with spaces around it, as callbacks are read', `[" ${theirs}\\n"]`, `["${ours}"]`],
    ['behind a string that ends in a backslash', `["a\\\\","${theirs}"]`, `["a\\\\","${ours}"]`],
    ['behind a quote inside a string', `["say \\"no\\"","${theirs}"]`, `["say \\"no\\"","${ours}"]`],
  ])('%s is replaced', (_, json, expected) => {
    expect(rewritten(json)).toBe(expected);
  });

  test('in the JSON inside a string is replaced, and the rest of that string stays as it is', () => {
    const result = `{ "n": 12345678901234567890, "resultUrls": ["${theirs}"] }`;

    expect(rewritten(JSON.stringify({ data: { resultJson: result } }))).toBe(
      JSON.stringify({ data: { resultJson: result.replace(theirs, ours) } }),
    );
  });

  test('is replaced wherever parsing the whole would find it, and nothing else changes', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constant(theirs),
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(tie('any')),
        fc.dictionary(fc.string(), tie('any')),
      ),
    })).any;
    const replaced = (_: string, found: unknown) => (found === theirs ? ours : found);

    fc.assert(
      fc.property(value, (found) => {
        const json = JSON.stringify(found);

        expect(rewritten(json)).toBe(JSON.stringify(JSON.parse(json, replaced)));
      }),
    );
  });
});

test('a text that would grow beyond what is sent is refused while it grows', () => {
  const many = JSON.stringify(Array(1_000).fill(theirs));

  expect(() => rewritten(many, many.length + 1_000)).toThrow(ForwardBodyTooLargeError);
  expect(rewritten(many)).toContain(ours);
});

test('what stands behind the last link counts, too, to the last character', () => {
  const json = JSON.stringify([theirs, 'x'.repeat(1_000)]);
  const length = json.length - theirs.length + ours.length;

  expect(rewritten(json, length)).toHaveLength(length);
  expect(() => rewritten(json, length - 1)).toThrow(ForwardBodyTooLargeError);
});

test('a string of four million escapes is gone through like any other', () => {
  const json = JSON.stringify(['"\\'.repeat(1_000_000), theirs]);

  expect(rewritten(json, 10_000_000)).toBe(json.replace(theirs, ours));
});
