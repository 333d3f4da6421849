import { describe, expect, test } from 'vitest';
import { authorize, type GuardedRequest } from '../../room/guard.ts';

const room = { port: 8788, token: 'the-token', session: 'the-session' };
const cookie = 'trackkeeper-8788=the-session';
const host = '127.0.0.1:8788';

type More = { method?: string; url?: string; headers?: GuardedRequest['headers'] };
const asking = ({ method = 'GET', url = '/api/tasks', headers = {} }: More = {}) =>
  authorize({ method, url, headers: { host, cookie, ...headers } }, room);
const posting = (headers: GuardedRequest['headers'] = {}) =>
  asking({
    method: 'POST',
    url: '/api/tasks/one/retry',
    headers: { origin: `http://${host}`, 'content-type': 'application/json', 'content-length': '2', ...headers },
  });

test('anyone who has the cookie may read, by either name of this machine', () => {
  expect(asking({ url: '/api/tasks?q=a%20b' })).toMatchObject({ verdict: 'welcome', path: '/api/tasks' });
  expect(asking({ headers: { host: 'localhost:8788' } })).toMatchObject({ verdict: 'welcome' });
  expect(asking({ method: 'HEAD' })).toMatchObject({ verdict: 'welcome' });
  expect(asking({ headers: { cookie: `a=b; ${cookie}; c=d` } })).toMatchObject({ verdict: 'welcome' });
});

test('the printed address is exchanged for a cookie that no script and no other site gets', () => {
  const verdict = asking({ url: '/?token=the-token', headers: { cookie: undefined, 'sec-fetch-site': 'none' } });

  expect(verdict).toEqual({ verdict: 'signed-in', cookie: `${cookie}; HttpOnly; SameSite=Strict; Path=/` });
});

describe('is refused', () => {
  const foreignHosts = [
    'evil.example:8788',
    '127.0.0.1',
    '127.0.0.1:8789',
    'localhost',
    '127.0.0.1:8788.evil.example',
    'LOCALHOST:8788',
    '[::1]:8788',
    '',
    undefined,
  ];
  test.each(foreignHosts)('anyone who calls us %s, whatever else they have: DNS can be made to lead here', (name) => {
    const headers = { host: name };

    expect(asking({ headers })).toMatchObject({ verdict: 'refused', status: 403 });
    expect(asking({ url: '/?token=the-token', headers })).toMatchObject({ verdict: 'refused', status: 403 });
    expect(posting(headers)).toMatchObject({ verdict: 'refused', status: 403 });
  });

  const wrongCookies = [
    undefined,
    '',
    'trackkeeper-8788=',
    'trackkeeper-8788=the-token',
    'trackkeeper-8788=the-sessio',
    'trackkeeper-8789=the-session',
    'other=trackkeeper-8788=the-session',
  ];
  test.each(wrongCookies)('anyone who comes with the cookie %s, with words that say what to do', (wrong) => {
    const verdicts = ['/', '/api/tasks', '/media/a', '/main.js'].map((url) =>
      asking({ url, headers: { cookie: wrong } }),
    );

    const refused = { verdict: 'refused', status: 403, reason: expect.stringContaining('Open the address') };
    expect(verdicts).toEqual(verdicts.map(() => refused));
  });

  test.each(['', 'x', 'the-toke', 'the-token2', 'the-session'])('the token %j, also with the cookie', (token) => {
    expect(asking({ url: `/?token=${token}` })).toMatchObject({ verdict: 'refused', status: 403 });
  });

  test('the token anywhere else than at the door', () => {
    const headers = { cookie: undefined };

    expect(asking({ url: '/api/tasks?token=the-token', headers })).toMatchObject({ verdict: 'refused', status: 403 });
    expect(asking({ method: 'POST', url: '/?token=the-token', headers })).toMatchObject({ verdict: 'refused' });
  });

  test.each([
    ['cross-site', '/'],
    ['same-site', '/'],
    ['cross-site', '/media/a'],
    ['same-site', '/api/tasks'],
    ['none', '/api/tasks'],
    ['anything', '/'],
  ])('a request that the browser calls %s, for %s', (site, url) => {
    expect(asking({ url, headers: { 'sec-fetch-site': site } })).toMatchObject({ verdict: 'refused', status: 403 });
  });

  test.each([
    undefined,
    'null',
    'http://evil.example',
    'https://127.0.0.1:8788',
    'http://localhost:8788',
    'http://127.0.0.1',
  ])('a POST of the origin %s', (origin) => {
    expect(posting({ origin })).toMatchObject({ verdict: 'refused', status: 403 });
  });

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data'])(
    'a POST of %s, which a form could send',
    (type) => {
      expect(posting({ 'content-type': type })).toMatchObject({ verdict: 'refused', status: 415 });
    },
  );

  test.each([
    [{ 'content-length': '1025' }],
    [{ 'content-length': undefined }],
    [{ 'content-length': '-1' }],
    [{ 'transfer-encoding': 'chunked' }],
  ])('a POST that is large, or does not say how large: %j', (headers) => {
    expect(posting(headers)).toMatchObject({ verdict: 'refused', status: 413 });
  });

  test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', ''])('the method %s', (method) => {
    expect(asking({ method })).toMatchObject({ verdict: 'refused', status: 405 });
  });

  test('an address that is meant for a proxy', () => {
    expect(asking({ url: 'http://evil.example/' })).toMatchObject({ verdict: 'refused', status: 400 });
  });
});

test('the page may be opened by hand, and may ask for everything itself', () => {
  expect(asking({ url: '/', headers: { 'sec-fetch-site': 'none' } })).toMatchObject({ verdict: 'welcome' });
  expect(asking({ url: '/media/a', headers: { 'sec-fetch-site': 'same-origin' } })).toMatchObject({
    verdict: 'welcome',
  });
  expect(posting({ 'sec-fetch-site': 'same-origin' })).toMatchObject({ verdict: 'welcome' });
  expect(posting({ 'content-length': '1024' })).toMatchObject({ verdict: 'welcome' });
});
