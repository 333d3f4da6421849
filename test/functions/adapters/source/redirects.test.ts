import { beforeEach, describe, expect, test } from 'vitest';
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
