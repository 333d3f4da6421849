// P6 where it is enforced. The rules for URLs and addresses have their own tables in test/functions/domain/. Here it
// is counted that not a single connection is attempted, neither by the opening request nor by a range connection.
import { beforeEach, describe, expect, test } from 'vitest';
import { createHttpsSource } from '../../../../functions/adapters/source/https-source.ts';
import { watchConnectionAttempts } from '../../../doubles/connection-attempts.ts';
import { startMediaServer } from '../../../doubles/media-server.ts';
import { deployment, failureOf, filledBy, resolveFrom, schemes, setUpSource } from './source-setup.ts';

// biome-ignore format: a table reads best with its kinds on one line
const notPublic = [
  '0.0.0.0', '10.0.0.1', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '198.18.0.1',
  '224.0.0.1', '240.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1', '2001::7f00:1', '2002:7f00:1::', '5f00::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1',
];
const spellings = ['2130706433', '017700000001', '0x7f000001', '0x7f.1', '127.1', '127.0.0.1.', '１２７.０.０.１'];
/** A public address that IANA has not assigned: what is sent there arrives nowhere. */
const unassigned = '3ffe::1';

let attempts: () => string[];
beforeEach(() => {
  attempts = watchConnectionAttempts();
});

describe.each(['failure', 'rangeFailure'] as const)('P6: %s: no connection is opened to a host that is', (failure) => {
  test.each([...notPublic.map((address) => (address.includes(':') ? `[${address}]` : address)), ...spellings])(
    'F16 written as %s',
    async (host) => {
      const bench = await setUpSource();

      expect(await bench[failure](`https://${host}/whole/song.mp3`)).toMatchObject({ code: 'refused_address' });
      expect(attempts()).toEqual([]);
    },
  );

  test.each(notPublic)('F16 a name that DNS gives %s for', async (address) => {
    const bench = await setUpSource({ names: { 'cdn.test': [address] } });

    expect(await bench[failure]('https://cdn.test/whole/song.mp3')).toEqual({
      code: 'refused_address',
      detail: expect.stringContaining(`${address} is not public`),
    });
    expect(attempts()).toEqual([]);
  });

  test.each([
    ['first', ['127.0.0.1', unassigned, '1.1.1.1']],
    ['in the middle', ['1.1.1.1', '::1', unassigned]],
    ['last', ['1.1.1.1', unassigned, '169.254.169.254']],
  ])('F16 a name with one bad address among good ones, %s', async (_where, addresses) => {
    const bench = await setUpSource({ names: { 'cdn.test': addresses } });

    expect(await bench[failure]('https://cdn.test/whole/song.mp3')).toMatchObject({ code: 'refused_address' });
    expect(attempts()).toEqual([]);
  });

  test('F16 http at a private address, where the owner allows http', async () => {
    const bench = await setUpSource({ policy: { allowHttp: true }, names: { 'cdn.test': ['10.0.0.1'] } });

    expect(await bench[failure]('http://10.0.0.1/')).toMatchObject({ code: 'refused_address' });
    expect(await bench[failure]('http://cdn.test/')).toMatchObject({ code: 'refused_address' });
    expect(attempts()).toEqual([]);
  });

  test('the neighbour of a port that the owner allowed', async () => {
    const bench = await setUpSource();
    const neighbour = await startMediaServer();

    expect(await bench[failure](neighbour.url('/whole/song.mp3'))).toMatchObject({ code: 'refused_url' });
    expect(attempts()).toEqual([]);
    await neighbour.close();
  });
});

test('P6: F16 this machine is refused by its name, as the real DNS knows it', async () => {
  const source = createHttpsSource({});
  const { signal } = new AbortController();

  const failures = [
    await failureOf(() => source.open('https://localhost/', { signal, maxBytes: Infinity, aheadBytes: 1 })),
    await failureOf(() =>
      filledBy(source.connectRange('https://localhost/', { signal, version: '"1"', totalBytes: 9 }), 0, 9),
    ),
  ];

  expect(failures.map(({ code }) => code)).toEqual(['refused_address', 'refused_address']);
  expect(attempts()).toEqual([]);
});

test('P6: F18 DNS is asked once, and the answer that was judged is the one connected to', async () => {
  const answers = [unassigned, '127.0.0.1', '127.0.0.1'];
  const source = createHttpsSource({
    resolve: (hostname, options, callback) =>
      resolveFrom({ [hostname]: [answers.shift() ?? ''] })(hostname, options, callback),
    limits: { ...deployment, connectMs: 30 },
  });
  const { signal } = new AbortController();

  const { code } = await failureOf(() =>
    source.open('https://cdn.test/', { signal, maxBytes: Infinity, aheadBytes: 1 }),
  );

  expect(code).toMatch(/^connect_/);
  expect(attempts()).toEqual([`${unassigned} 443`]);
});

test.each([
  ['is not connected to beside another address', ['64:ff9b::808:808', unassigned], unassigned],
  ['is connected to if it is the only one', ['64:ff9b::808:808'], '64:ff9b::808:808'],
])('a NAT64 address of a public one %s', async (_what, addresses, connected) => {
  const { failure } = await setUpSource({ names: { 'cdn.test': addresses }, limits: { connectMs: 30 } });

  expect((await failure('https://cdn.test/')).code).toMatch(/^connect_/);
  expect(attempts()).toEqual([`${connected} 443`]);
});

describe.each(schemes)('P6: F17 a connection over %s that ends up elsewhere than judged', (scheme) => {
  const judged = {
    scheme,
    isRerouted: true,
    policy: { allowHttp: true, allowsPrivate: false },
    names: { 'cdn.test': ['1.1.1.1'] },
  } as const;

  test.each(['cdn.test', '1.1.1.1', '[2606:4700::1111]'])('is closed before a byte is sent, to %s', async (host) => {
    const { failure, rangeFailure, server } = await setUpSource(judged);

    const failures = [await failure(`${scheme}://${host}/whole/song.mp3`), await rangeFailure(`${scheme}://${host}/`)];

    const refused = { code: 'refused_address', detail: '127.0.0.1 is not public (loopback)' };
    expect(failures).toEqual([refused, refused]);
    await server.allGone();
    expect([server.connections(), server.receivedBytes(), server.paths()]).toEqual([2, 0, []]);
  });

  test('is dropped as well where a redirect led to it', async () => {
    const { failure, server } = await setUpSource({ ...judged, policy: { allowHttp: true } });

    expect(await failure(server.url(`/redirect/song.mp3?to=${scheme}://cdn.test/`))).toMatchObject({
      code: 'refused_address',
    });
    expect(server.paths()).toHaveLength(1);
  });
});
