import fc from 'fast-check';

export const trickyKeys = [
  'a b',
  ' a ',
  'a+b',
  'a%20b',
  '100%',
  '%2e%2e/x',
  '..a/b..',
  '...',
  '~tilde-_.',
  "it's (so) *great*!",
  '"quoted"',
  'q?x=1&y=2#z',
  'a;b,c:d@e=f$g',
  'back\\slash',
  'new\nline\r\ttab\u0000nul',
  'ünïcödé/é and e\u0301',
  '日本語/歌',
  '🎵/👩‍👩‍👧',
  '\u202egnp.3pm',
  'שיר/أغنية',
  '/leads',
  'trails/',
  'a//b',
  '<script>|^`{}[]',
];

const letter = fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom(...'/ +%.~*\'"'));
export const anyText = fc.string({ unit: letter, minLength: 1 }).filter((text) => text !== '' && text.isWellFormed());

/** The keys that are refused are listed in `s3-keys.test.ts`. */
export const anyKey = fc.oneof(
  fc.constantFrom(...trickyKeys),
  anyText.filter((key) => key.split('/').every((segment) => segment !== '.' && segment !== '..')),
);
