import { expect, test } from 'vitest';
import { apiResponseOf, gatewayResponse } from '../../../local/api/api.ts';

const textOf = ({ body, ...rest }: ReturnType<typeof apiResponseOf>) => ({ ...rest, body: body.toString() });

test.for([
  [
    'status, headers, cookies and text',
    { statusCode: 201, headers: { 'Content-Type': 'application/json', 'X-N': 1 }, cookies: ['a=1', 'b=2'], body: '{}' },
    {
      status: 201,
      headers: { 'content-type': 'application/json', 'x-n': '1', 'set-cookie': ['a=1', 'b=2'] },
      body: '{}',
    },
  ],
  [
    'base64',
    { statusCode: 200, body: Buffer.from('é').toString('base64'), isBase64Encoded: true },
    { status: 200, headers: { 'content-type': 'text/plain;charset=UTF-8' }, body: 'é' },
  ],
  ['no body', { statusCode: 204 }, { status: 204, headers: { 'content-type': 'text/plain;charset=UTF-8' }, body: '' }],
  [
    'a bare object',
    { ok: true },
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' },
  ],
  ['a bare text', 'hello', { status: 200, headers: { 'content-type': 'application/json' }, body: 'hello' }],
  ['nothing', null, { status: 200, headers: { 'content-type': 'application/json' }, body: 'null' }],
] as const)('answers %s as API Gateway does', ([, result, expected]) => {
  expect(textOf(apiResponseOf(result))).toEqual(expected);
});

test.for([{ statusCode: 'x' }, { statusCode: 99 }, { statusCode: 1000 }, { statusCode: 200, body: { a: 1 } }])(
  'answers 500 for %j, which is no answer',
  (result) => {
    expect(textOf(apiResponseOf(result))).toEqual(textOf(gatewayResponse(500, 'Internal Server Error')));
  },
);
