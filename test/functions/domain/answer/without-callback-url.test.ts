import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutCallbackUrl } from '../../../../functions/domain/answer/read-answer.ts';

const url = 'https://abc123.execute-api.us-east-1.amazonaws.com/callbacks/T0kenThatNobodyMaySee?project=demo';
const within = (value: unknown) => JSON.stringify(JSON.stringify(value));

test.each([
  ['a field', JSON.stringify({ data: { callbackUrl: url } })],
  ['a field that is spelled in another way', JSON.stringify({ callBackUrl: url, call_back_url: url })],
  ['JSON in a string', `{"param":${within({ model: 'V4', callBackUrl: url, input: { callback_url: url } })}}`],
  ['JSON in a string in a string', `{"a":${within({ b: JSON.stringify({ callBackUrl: url }) })}}`],
  ['JSON in a string in a string in a string', `{"a":${within({ b: within({ callBackUrl: url }) })}}`],
  [
    'JSON in a string with escaped slashes',
    `{"param":${JSON.stringify(`{"callBackUrl":"${url.replaceAll('/', '\\/')}"}`)}}`,
  ],
  [
    'JSON in a string with escaped characters',
    `{"param":${JSON.stringify(`{"callBackUrl":"${url.replace('=', '\\u003d')}"}`)}}`,
  ],
])('the callback URL is taken out of %s', (_where, said) => {
  const kept = withoutCallbackUrl(said);

  expect(JSON.parse(kept)).toBeDefined();
  expect(kept).toContain('(the callback URL)');
  expect(kept).not.toMatch(/T0ken|execute-api|project/);
});

test('nothing else of an answer is touched', () => {
  const said = JSON.stringify({ callBackUrl: '', url, title: 'callBackUrl', text: '"callBackUrl": none', n: null });

  expect(withoutCallbackUrl(said)).toBe(said);
});

const folder = join(import.meta.dirname, '../../../fixtures/answers');
test.each(globSync('*.json', { cwd: folder }))('%s stays JSON, with the same in all other places', (file) => {
  const answer = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const kept = withoutCallbackUrl(JSON.stringify(answer));

  expect(kept).not.toMatch(/callbackurl[\\": ]+http/i);
  expect(Object.keys(JSON.parse(kept).data ?? {})).toEqual(Object.keys(answer.data ?? {}));
});
