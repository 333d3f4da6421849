// P6 where it is enforced. The rules over URLs and addresses have their own tables in test/functions/domain/; here it
// counts that no connection is so much as tried.
import { beforeEach, describe, expect, test } from 'vitest';
import { createHttpsSource } from '../../../functions/adapters/https-source.ts';
import { watchConnectionAttempts } from '../../doubles/connection-attempts.ts';
import { startMediaServer } from '../../doubles/media-server.ts';
import { song } from '../../doubles/sample-files.ts';
import { failureOf, openSourceBench, patient, resolveFrom } from './source-bench.ts';

// biome-ignore format: a table reads best with its kinds on one line
const notPublic = [
  '0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '198.18.0.1',
  '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1', '2001::7f00:1', '2002:7f00:1::', '5f00::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1',
];
const spellings = ['2130706433', '017700000001', '0x7f000001', '0x7f.1', '127.1', '127.0.0.1.', '１２７.０.０.１'];
/** Public by its class, given to nobody by IANA: what is sent there arrives nowhere. */
const unassigned = '3ffe::1';

let attempts: () => string[];
beforeEach(() => {
  attempts = watchConnectionAttempts();
});

describe('P6: no connection is opened to a host that is', () => {
  test.each([...notPublic.map((address) => (address.includes(':') ? `[${address}]` : address)), ...spellings])(
    'written as %s',
    async (host) => {
      const { failure } = await openSourceBench();

      expect(await failure(`https://${host}/whole/song.mp3`)).toMatchObject({ code: 'refused_address' });
      expect(attempts()).toEqual([]);
    },
  );

  test.each(notPublic)('a name that DNS gives %s for', async (address) => {
    const { failure } = await openSourceBench({ names: { 'cdn.test': [address] } });

    expect(await failure('https://cdn.test/whole/song.mp3')).toEqual({
      code: 'refused_address',
      detail: expect.stringContaining(`${address} is not public`),
    });
    expect(attempts()).toEqual([]);
  });

  test.each([
    ['first', ['127.0.0.1', unassigned, '1.1.1.1']],
    ['in the middle', ['1.1.1.1', '::1', unassigned]],
    ['last', ['1.1.1.1', unassigned, '169.254.169.254']],
  ])('a name with one bad address among good ones, %s', async (_where, addresses) => {
    const { failure } = await openSourceBench({ names: { 'cdn.test': addresses } });

    expect(await failure('https://cdn.test/whole/song.mp3')).toMatchObject({ code: 'refused_address' });
    expect(attempts()).toEqual([]);
  });

  test('this machine by its name, as the real DNS knows it', async () => {
    const openSource = createHttpsSource({ allowedPrivateSources: [] });
    const open = () => openSource('https://localhost/', { signal: new AbortController().signal, maxBytes: Infinity });

    expect(await failureOf(open)).toMatchObject({ code: 'refused_address' });
    expect(attempts()).toEqual([]);
  });

  test('the neighbour of a port that the owner allowed', async () => {
    const { failure } = await openSourceBench();
    const neighbour = await startMediaServer();

    expect(await failure(neighbour.url('/whole/song.mp3'))).toMatchObject({ code: 'refused_url' });
    expect(attempts()).toEqual([]);
    await neighbour.close();
  });
});

test('P6: DNS is asked once, and the answer that was judged is the one connected to', async () => {
  const answers = [unassigned, '127.0.0.1', '127.0.0.1'];
  const openSource = createHttpsSource({
    allowedPrivateSources: [],
    resolve: (hostname, options, callback) =>
      resolveFrom({ [hostname]: [answers.shift() ?? ''] })(hostname, options, callback),
    limits: { ...patient, connectMs: 30 },
  });

  const { code } = await failureOf(() =>
    openSource('https://cdn.test/', { signal: new AbortController().signal, maxBytes: Infinity }),
  );

  expect(code).toMatch(/^connect_/);
  expect(attempts()).toEqual([`${unassigned} 443`]);
});

describe.each(['http', 'https'] as const)('P6: every redirect is judged anew, so from an allowed %s host', (scheme) => {
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
  ])('none leads to %s', async (_where, to, code) => {
    const names = { 'inner.test': ['192.168.1.1'], 'cdn.test': [unassigned] };
    const { failure, server } = await openSourceBench({ scheme, names });

    expect(await failure(`/redirect/302?to=${encodeURIComponent(to)}`)).toMatchObject({ code });
    expect(attempts()).toEqual([`127.0.0.1 ${server.port}`]);
    await server.allGone();
  });

  test('none leads on to the same scheme at a private address', async () => {
    const { failure } = await openSourceBench({ scheme });

    expect(await failure('/redirect/302?to=//127.0.0.1/')).toMatchObject({
      code: scheme === 'http' ? 'refused_url' : 'refused_address',
    });
    expect(attempts()).toHaveLength(1);
  });

  test('none leads to the neighbour of the allowed port', async () => {
    const neighbour = await startMediaServer();
    const { failure } = await openSourceBench({ scheme });

    expect(await failure(`/redirect/302?to=${neighbour.url('/whole/song.mp3')}`)).toMatchObject({
      code: 'refused_url',
    });
    expect(neighbour.connections()).toBe(0);
    await neighbour.close();
  });
});

describe('a chain of redirects', () => {
  test('is followed for five steps', async () => {
    const { bytes } = await openSourceBench();

    expect(await bytes('/hops/5')).toEqual(song());
  });

  test('is given up at the sixth, with one reason', async () => {
    const { failure, server } = await openSourceBench();

    expect(await failure('/hops/6')).toEqual({ code: 'too_many_redirects', detail: 'more than 5 redirects' });
    expect(server.paths()).toEqual(['/hops/6', '/hops/5', '/hops/4', '/hops/3', '/hops/2', '/hops/1']);
    await server.allGone();
  });

  test.each([301, 302, 303, 307, 308])('that runs in a circle of status %i is given up', async (status) => {
    const { failure, server } = await openSourceBench();

    expect(await failure(`/redirect/${status}?to=`)).toMatchObject({ code: 'too_many_redirects' });
    expect(server.connections()).toBe(6);
  });

  test('that does not say where to is no answer', async () => {
    const { failure } = await openSourceBench();

    expect(await failure('/status/302')).toEqual({ code: 'unexpected_status', detail: 'the host answered 302' });
  });
});
