import { describe, expect, test } from 'vitest';
import { type ApiRequest, apiEventOf } from '../../../local/api/api-event.ts';

const request = (parts: Partial<ApiRequest> = {}): ApiRequest => ({
  method: 'POST',
  target: '/callbacks/secret',
  httpVersion: '1.1',
  headers: { host: ['127.0.0.1:8787'], 'content-type': ['application/json'] },
  sourceIp: '127.0.0.1',
  body: Buffer.from('{}'),
  receivedAt: new Date('2026-03-12T19:03:58.390Z'),
  ...parts,
});

describe('apiEventOf', () => {
  test('makes the event that API Gateway makes', () => {
    const event = apiEventOf(
      request({
        target: '/callbacks/a%2Db%2Bc?project=a%20b&project=c%26d&plus=1+1&empty',
        headers: {
          host: ['127.0.0.1:8787'],
          'user-agent': ['okhttp/4'],
          'content-type': ['application/json; charset=utf-8'],
          'x-tag': ['one', 'two'],
          cookie: ['a=1; b=2'],
        },
      }),
    );

    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /callbacks/{token}',
      rawPath: '/callbacks/a-b+c',
      rawQueryString: 'project=a%20b&project=c%26d&plus=1+1&empty',
      cookies: ['a=1', 'b=2'],
      headers: {
        host: '127.0.0.1:8787',
        'user-agent': 'okhttp/4',
        'content-type': 'application/json; charset=utf-8',
        'x-tag': 'one,two',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { project: 'a b,c&d', plus: '1 1', empty: '' },
      pathParameters: { token: 'a-b+c' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: '127.0.0.1:8787',
        domainPrefix: '127',
        http: {
          method: 'POST',
          path: '/callbacks/a-b+c',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'okhttp/4',
        },
        requestId: expect.stringMatching(/^[\da-f-]{36}$/),
        routeKey: 'POST /callbacks/{token}',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: 1773342238390,
      },
      body: '{}',
      isBase64Encoded: false,
    });
  });

  test('leaves out the query, the cookies and the body that are not there', () => {
    const event = apiEventOf(request({ method: 'GET', headers: {}, body: Buffer.alloc(0) }));

    expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false });
    expect(Object.keys(event ?? {})).not.toEqual(expect.arrayContaining(['cookies']));
    expect(event?.queryStringParameters).toBeUndefined();
    expect(event?.body).toBeUndefined();
  });

  test.for([
    ['GET', '/callbacks/secret', 'GET /callbacks/{token}'],
    ['POST', '/callbacks/secret', 'POST /callbacks/{token}'],
    ['POST', '/tasks/secret?a=b', 'POST /tasks/{token}'],
  ] as const)('routes %s %s', ([method, target, routeKey]) => {
    const event = apiEventOf(request({ method, target }));

    const rawPath = target.split('?')[0];
    expect(event).toMatchObject({ routeKey, rawPath, pathParameters: { token: 'secret' } });
    expect(event?.requestContext).toMatchObject({ routeKey, http: { method, path: rawPath } });
  });

  test.for([
    ['GET', '/'],
    ['GET', '/callbacks'],
    ['POST', '/callbacks/'],
    ['POST', '/callbacks/a/b'],
    ['POST', '/Callbacks/a'],
    ['POST', '/x/callbacks/a'],
    ['PUT', '/callbacks/a'],
    ['HEAD', '/callbacks/a'],
    ['POST', '/callbacks/%ff'],
    ['POST', '/callbacks/%'],
    ['OPTIONS', '*'],
    ['GET', '/tasks/a'],
    ['POST', '/tasks'],
    ['POST', '/tasks/a/b'],
    ['POST', '/constructor/a'],
  ] as const)('knows no route for %s %s', ([method, target]) => {
    expect(apiEventOf(request({ method, target }))).toBeUndefined();
  });

  test.for([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['APPLICATION/JSON', false],
    ['text/plain', false],
    ['application/xml', false],
    ['application/javascript', false],
    ['application/jsonlines', true],
    ['application/x-www-form-urlencoded', true],
    ['multipart/form-data; boundary=x', true],
    ['application/octet-stream', true],
    ['', true],
  ] as const)('a body of type "%s" travels as base64: %s', ([type, isBase64Encoded]) => {
    const body = Buffer.from('{"a":"b&c+d 🎵"}');

    const event = apiEventOf(request({ headers: { 'content-type': [type] }, body }));

    expect(event?.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event?.body ?? '', isBase64Encoded ? 'base64' : 'utf8')).toEqual(body);
  });

  test('text that is no UTF-8 travels as base64, so that no byte changes', () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0xc3, 0x28, 0x7d]);

    const event = apiEventOf(request({ body }));

    expect(event).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });
});
