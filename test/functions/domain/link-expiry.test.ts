import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linkExpiry } from '../../../functions/domain/link-expiry.ts';

const start = 'https://h.example/song.mp3';

test.each<[string, string, string]>([
  ['AWS', 'X-Amz-Date=20261101T050000Z&X-Amz-Expires=1200&X-Amz-Signature=ab', '2026-11-01T05:20:00.000Z'],
  ['Google', 'X-Goog-Date=20261231T235900Z&X-Goog-Expires=60', '2027-01-01T00:00:00.000Z'],
  [
    'CloudFront, and the older signature of S3',
    'Expires=1793509200&Signature=ab&Key-Pair-Id=K',
    '2026-11-01T05:00:00.000Z',
  ],
  ['Azure', 'sv=2024-11-04&se=2026-11-01T05%3A00%3A00Z&sig=ab', '2026-11-01T05:00:00.000Z'],
  ['Azure, with a day alone', 'se=2026-11-02&sig=ab', '2026-11-02T00:00:00.000Z'],
  ['others: expires', 'expires=1793509200&token=ab', '2026-11-01T05:00:00.000Z'],
  ['others: exp', 'exp=1793509200', '2026-11-01T05:00:00.000Z'],
])('a signed link says when it expires: %s', (_, query, time) => {
  expect(linkExpiry(`${start}?${query}`)?.toISOString()).toBe(time);
});

test.each([
  ['has no query', start],
  ['has no such parameter', `${start}?token=1793509200`],
  ['has a lifetime without a start', `${start}?X-Amz-Expires=1200`],
  ['has a start that is no time', `${start}?X-Amz-Date=2026-11-01&X-Amz-Expires=1200`],
  ['has a lifetime that is no number', `${start}?X-Amz-Date=20261101T050000Z&X-Amz-Expires=soon`],
  ['has an expiry that is no count of seconds', `${start}?Expires=soon`],
  ['counts milliseconds', `${start}?Expires=1793509200000`],
  ['has a time that is not one', `${start}?se=later`],
  ['is no URL', 'song.mp3?Expires=1793509200'],
  ['is empty', ''],
])('a link that %s does not say when it expires', (_, url) => {
  expect(linkExpiry(url)).toBeNull();
});

test('the first rule that can be read decides', () => {
  const both = 'X-Amz-Date=20261101T050000Z&X-Amz-Expires=60&Expires=1793512800';

  expect(linkExpiry(`${start}?${both}`)?.toISOString()).toBe('2026-11-01T05:01:00.000Z');
  expect(linkExpiry(`${start}?X-Amz-Expires=60&Expires=1793512800`)?.toISOString()).toBe('2026-11-01T06:00:00.000Z');
});

test('no link throws, whatever it contains', () => {
  const names = fc.constantFrom('X-Amz-Expires', 'X-Amz-Date', 'X-Goog-Expires', 'Expires', 'se', 'expires', 'exp');
  const query = fc.dictionary(names, fc.string());

  fc.assert(
    fc.property(query, fc.string(), (parameters, text) => {
      linkExpiry(text);
      linkExpiry(`${start}?${new URLSearchParams(parameters)}`);
    }),
  );
});
