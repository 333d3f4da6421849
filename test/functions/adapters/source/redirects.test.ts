import { beforeEach, describe, expect, test } from 'vitest';
import { cookieHeader, withCookies } from '../../../../functions/adapters/source/redirects.ts';
import { watchConnectionAttempts } from '../../../doubles/connection-attempts.ts';
import { startMediaServer } from '../../../doubles/media-server.ts';
import { song } from '../../../doubles/sample-files.ts';
import { filledBy, schemes, setUpSource } from './source-setup.ts';

const unassigned = '3ffe::1';

let attempts: () => string[];
beforeEach(() => {
  attempts = watchConnectionAttempts();
});

describe.each(schemes)('P6: F20 every redirect is judged again, so from an allowed %s host', (scheme) => {
  test.each([
    ['a private address', 'https://10.0.0.1/', 'refused_address'],
    ['this machine', 'https://127.0.0.1/', 'refused_address'],
    ['this machine as a number', 'https://2130706433/', 'refused_address'],
    ['this machine over IPv6', 'https://[::1]/', 'refused_address'],
    ['a mapped address', 'https://[::ffff:127.0.0.1]/', 'refused_address'],
    ['the metadata address', 'https://169.254.169.254/latest/meta-data/', 'refused_address'],
    ['a name with a private address', 'https://inner.test/', 'refused_address'],
    ['http', 'http://cdn.test/', 'refused_url'],
    ['the metadata address by http', 'http://169.254.169.254/latest/meta-data/', 'refused_url'],
    ['a file', 'file:///etc/passwd', 'refused_url'],
    ['data', 'data:audio/mpeg;base64,SUQz', 'refused_url'],
    ['ftp', 'ftp://cdn.test/song.mp3', 'refused_url'],
    ['another port', 'https://cdn.test:8443/', 'refused_url'],
    ['a link with a password', 'https://me:pw@cdn.test/', 'refused_url'],
    ['no URL', 'https://[', 'refused_url'],
    ['a host that is not on the list', 'https://cdn.test/', 'host_not_allowed'],
  ])('none leads to %s', async (_where, to, code) => {
    const names = { 'inner.test': ['192.168.1.1'], 'cdn.test': [unassigned] };
    const policy = { allowedHosts: ['inner.test'] };
    const { failure, rangeFailure, server } = await setUpSource({ scheme, names, policy });
    const url = `/redirect/song.mp3?to=${encodeURIComponent(to)}`;

    expect(await failure(url)).toMatchObject({ code });
    expect(await rangeFailure(url)).toMatchObject({ code });
    expect(new Set(attempts())).toEqual(new Set([`127.0.0.1 ${server.port}`]));
    await server.allGone();
  });

  test('none leads on to the same scheme at a private address', async () => {
    const { failure } = await setUpSource({ scheme });

    expect(await failure('/redirect/song.mp3?to=//127.0.0.1/')).toMatchObject({
      code: scheme === 'http' ? 'refused_url' : 'refused_address',
    });
    expect(attempts()).toHaveLength(1);
  });

  test('none leads to the neighbour of the allowed port', async () => {
    const neighbour = await startMediaServer();
    const { failure } = await setUpSource({ scheme });

    expect(await failure(`/redirect/song.mp3?to=${neighbour.url('/whole/song.mp3')}`)).toMatchObject({
      code: 'refused_url',
    });
    expect(neighbour.connections()).toBe(0);
    await neighbour.close();
  });

  test('one is followed, also a relative one, to a host that may be asked', async () => {
    const { bytes, server } = await setUpSource({ scheme });
    const there = `${scheme}://media.test:${server.port}/redirect/any?to=../whole/song.mp3`;

    expect(await bytes(`/redirect/song.mp3?code=307&to=${encodeURIComponent(there)}`)).toEqual(song());
    expect(server.paths().at(-1)).toBe('/whole/song.mp3');
  });
});

describe('F21 a chain of redirects', () => {
  test('is followed for five steps', async () => {
    const { bytes } = await setUpSource();

    expect(await bytes('/hops/any?n=5')).toEqual(song());
  });

  test('is given up at the sixth, with one reason', async () => {
    const { failure, server } = await setUpSource();

    expect(await failure('/hops/any?n=20')).toEqual({ code: 'too_many_redirects', detail: 'more than 5 redirects' });
    expect(server.paths()).toHaveLength(6);
    await server.allGone();
  });

  test.each([301, 302, 303, 307, 308])('that runs in a circle of status %i is given up', async (code) => {
    const { failure, server } = await setUpSource();

    expect(await failure(`/redirect/any?code=${code}&to=`)).toMatchObject({ code: 'too_many_redirects' });
    expect(server.connections()).toBe(6);
  });

  test.each([301, 302, 303, 307, 308])('asks at its end for what it asked for at its beginning: %i', async (code) => {
    const { bytes, server } = await setUpSource();

    await bytes(`/redirect/any?code=${code}&to=/whole/song.mp3`, { aheadBytes: 4_096 });

    expect(server.ranges()).toEqual(['bytes=0-4095', 'bytes=0-4095']);
  });

  test.each([
    ['that does not say where to', '/redirect/any', 302],
    ['with a status that asks nobody to follow', '/redirect/any?code=300&to=/whole/song.mp3', 300],
    ['that says nothing has changed', '/redirect/any?code=304&to=/whole/song.mp3', 304],
  ])('%s is no answer', async (_which, url, status) => {
    const { failure, server } = await setUpSource();

    expect(await failure(url)).toEqual({ code: 'unexpected_status', detail: `the host answered ${status}` });
    expect(server.paths()).toHaveLength(1);
  });

  test('is followed by a connection too, which remembers where it led', async () => {
    const { rangeConnection, server } = await setUpSource();
    const asked = rangeConnection('/hops/any?n=2');

    const pieces = [await filledBy(asked, 0, 10), await filledBy(asked, 10, 20), await filledBy(asked, 20, 30)];

    expect(Buffer.concat(pieces)).toEqual(song().subarray(0, 30));
    const [first, last] = ['/hops/any?n=2', '/whole/song.mp3'];
    expect(server.paths()).toEqual([first, first, '/hops/any?n=1', last, last, last]);
  });
});

describe.each(schemes)('over %s', (scheme) => {
  test('a Location in raw UTF-8 is followed as browsers do, by either reader', async () => {
    const { bytes, rangeConnection, server } = await setUpSource({ scheme });
    const head =
      'HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /whole/caf\u00e9%20na\u00efve/song.mp3?\u266a\r\n\r\n';
    const url = `/written/song.mp3?head=${encodeURIComponent(head)}`;

    await bytes(url);
    await filledBy(rangeConnection(url, { totalBytes: 0 }), 0, 0);

    expect(server.paths().at(-1)).toBe('/whole/caf%C3%A9%20na%C3%AFve/song.mp3?%E2%99%AA');
  });

  test.each(['', '; Domain=media.test', '; domain=.MEDIA.test; Path=/'])(
    'a redirect that sets a cookie and leads back to itself works, also for a connection: %j',
    async (attributes) => {
      const { bytes, rangeConnection, server } = await setUpSource({ scheme });
      const url = `${scheme}://media.test:${server.port}/cookie-wall/song.mp3?attributes=${encodeURIComponent(attributes)}`;

      expect(await bytes(url)).toEqual(song());
      expect(await filledBy(rangeConnection(url), 0, 100)).toEqual(song().subarray(0, 100));
    },
  );

  test('a cookie is sent to no other host, and not kept for another chain', async () => {
    const { bytes, server } = await setUpSource({ scheme });
    const there = `${scheme}://media.test:${server.port}/whole/song.mp3`;
    const head = `HTTP/1.1 302 Found\r\nContent-Length: 0\r\nSet-Cookie: a=1\r\nLocation: ${there}\r\n\r\n`;

    await bytes(`/written/song.mp3?head=${encodeURIComponent(head)}`);
    await bytes('/whole/song.mp3');

    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined, undefined]);
  });
});

describe('cookies', () => {
  const at = (text: string) => ({ url: new URL(text), isTls: text.startsWith('https:') });
  const sent = (setCookies: readonly string[], from: string, to: string) =>
    cookieHeader(withCookies([], setCookies, at(from)), at(to)).cookie;

  test.each([
    ['its own host', 'a=1', 'https://x.example/', 'https://x.example/b', 'a=1'],
    ['a host below it, without a domain', 'a=1', 'https://x.example/', 'https://b.x.example/', undefined],
    ['a host below its domain', 'a=1; Domain=x.example', 'https://x.example/', 'https://b.x.example/', 'a=1'],
    ['a host that only ends like it', 'a=1; Domain=x.example', 'https://x.example/', 'https://bx.example/', undefined],
    ['the parent of the host', 'a=1; Domain=.x.example', 'https://b.x.example/', 'https://x.example/', 'a=1'],
    ['a foreign domain', 'a=1; Domain=y.example', 'https://x.example/', 'https://y.example/', undefined],
    ['a top-level domain', 'a=1; Domain=example', 'https://x.example/', 'https://y.example/', undefined],
    ['an address that ends like it', 'a=1; Domain=0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', undefined],
    ['http, if it is secure', 'a=1; Secure', 'https://x.example/', 'http://x.example/', undefined],
    ['https, if http set it as secure', 'a=1; Secure', 'http://x.example/', 'https://x.example/', undefined],
    ['anyone, if it is removed', 'a=1; Max-Age=0', 'https://x.example/', 'https://x.example/', undefined],
    ['anyone, if it is none', 'a', 'https://x.example/', 'https://x.example/', undefined],
    ['anyone, with a line break in it', 'a=1\r\nx: 1', 'https://x.example/', 'https://x.example/', undefined],
  ])('are sent, or not, to %s', (_whom, setCookie, from, to, expected) => {
    expect(sent([setCookie], from, to)).toBe(expected);
  });

  test('of the same name replace each other, and an empty one removes', () => {
    const url = 'https://x.example/';

    expect(sent(['a=1', 'b=2', 'a=3'], url, url)).toBe('b=2; a=3');
    expect(sent(['a=1', 'a='], url, url)).toBeUndefined();
  });

  test('P7: are limited in number and size', () => {
    const url = 'https://x.example/';
    const many = Array.from({ length: 50 }, (_, index) => `c${index}=1`);

    expect(sent(many, url, url)?.split('; ')).toHaveLength(20);
    expect(sent([`a=${'x'.repeat(3_000)}`, `b=${'x'.repeat(3_000)}`], url, url)).toHaveLength(3_002);
    expect(sent([`a=${'x'.repeat(5_000)}`], url, url)).toBeUndefined();
  });
});
