import { describe, expect, test } from 'vitest';
import { type AddressClass, classifyAddress, ipv4BehindNat64 } from '../../../functions/domain/address.ts';

type Row = {
  range: string;
  class: AddressClass;
  first: string;
  last: string;
  before?: [string, AddressClass];
  after?: [string, AddressClass];
};

// Worked out by hand from the registries of IANA, so that a slip in the product's table shows.
// biome-ignore format: a table reads best with a range per line
const ranges: readonly Row[] = [
  { range: '0.0.0.0/8', class: 'reserved', first: '0.0.0.0', last: '0.255.255.255', after: ['1.0.0.0', 'public'] },
  { range: '10.0.0.0/8', class: 'private', first: '10.0.0.0', last: '10.255.255.255', before: ['9.255.255.255', 'public'], after: ['11.0.0.0', 'public'] },
  { range: '100.64.0.0/10', class: 'shared', first: '100.64.0.0', last: '100.127.255.255', before: ['100.63.255.255', 'public'], after: ['100.128.0.0', 'public'] },
  { range: '127.0.0.0/8', class: 'loopback', first: '127.0.0.0', last: '127.255.255.255', before: ['126.255.255.255', 'public'], after: ['128.0.0.0', 'public'] },
  { range: '169.254.0.0/16', class: 'link-local', first: '169.254.0.0', last: '169.254.255.255', before: ['169.253.255.255', 'public'], after: ['169.255.0.0', 'public'] },
  { range: '172.16.0.0/12', class: 'private', first: '172.16.0.0', last: '172.31.255.255', before: ['172.15.255.255', 'public'], after: ['172.32.0.0', 'public'] },
  { range: '192.0.0.0/24', class: 'reserved', first: '192.0.0.0', last: '192.0.0.255', before: ['191.255.255.255', 'public'], after: ['192.0.1.0', 'public'] },
  { range: '192.0.2.0/24', class: 'documentation', first: '192.0.2.0', last: '192.0.2.255', before: ['192.0.1.255', 'public'], after: ['192.0.3.0', 'public'] },
  { range: '192.31.196.0/24', class: 'reserved', first: '192.31.196.0', last: '192.31.196.255', before: ['192.31.195.255', 'public'], after: ['192.31.197.0', 'public'] },
  { range: '192.52.193.0/24', class: 'reserved', first: '192.52.193.0', last: '192.52.193.255', before: ['192.52.192.255', 'public'], after: ['192.52.194.0', 'public'] },
  { range: '192.88.99.0/24', class: 'reserved', first: '192.88.99.0', last: '192.88.99.255', before: ['192.88.98.255', 'public'], after: ['192.88.100.0', 'public'] },
  { range: '192.168.0.0/16', class: 'private', first: '192.168.0.0', last: '192.168.255.255', before: ['192.167.255.255', 'public'], after: ['192.169.0.0', 'public'] },
  { range: '192.175.48.0/24', class: 'reserved', first: '192.175.48.0', last: '192.175.48.255', before: ['192.175.47.255', 'public'], after: ['192.175.49.0', 'public'] },
  { range: '198.18.0.0/15', class: 'reserved', first: '198.18.0.0', last: '198.19.255.255', before: ['198.17.255.255', 'public'], after: ['198.20.0.0', 'public'] },
  { range: '198.51.100.0/24', class: 'documentation', first: '198.51.100.0', last: '198.51.100.255', before: ['198.51.99.255', 'public'], after: ['198.51.101.0', 'public'] },
  { range: '203.0.113.0/24', class: 'documentation', first: '203.0.113.0', last: '203.0.113.255', before: ['203.0.112.255', 'public'], after: ['203.0.114.0', 'public'] },
  { range: '224.0.0.0/4', class: 'multicast', first: '224.0.0.0', last: '239.255.255.255', before: ['223.255.255.255', 'public'], after: ['240.0.0.0', 'reserved'] },
  { range: '240.0.0.0/4', class: 'reserved', first: '240.0.0.0', last: '255.255.255.255' },

  { range: '::/128', class: 'reserved', first: '::', last: '::' },
  { range: '::1/128', class: 'loopback', first: '::1', last: '::1', after: ['::2', 'reserved'] },
  { range: '::ffff:0:0/96', class: 'embeds-ipv4', first: '::ffff:0:0', last: '::ffff:ffff:ffff', before: ['::fffe:ffff:ffff', 'reserved'], after: ['::1:0:0:0', 'reserved'] },
  { range: '64:ff9b::/96', class: 'embeds-ipv4', first: '64:ff9b::', last: '64:ff9b::ffff:ffff', before: ['64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'], after: ['64:ff9b::1:0:0', 'reserved'] },
  { range: '64:ff9b:1::/48', class: 'embeds-ipv4', first: '64:ff9b:1::', last: '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', before: ['64:ff9b:0:ffff:ffff:ffff:ffff:ffff', 'reserved'], after: ['64:ff9b:2::', 'reserved'] },
  { range: '100::/64', class: 'reserved', first: '100::', last: '100::ffff:ffff:ffff:ffff', before: ['ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'], after: ['100:0:0:1::', 'reserved'] },
  { range: '2001::/32', class: 'embeds-ipv4', first: '2001::', last: '2001:0:ffff:ffff:ffff:ffff:ffff:ffff', before: ['2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], after: ['2001:1::', 'reserved'] },
  { range: '2001::/23 past Teredo', class: 'reserved', first: '2001:1::', last: '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', after: ['2001:200::', 'public'] },
  { range: '2001:db8::/32', class: 'documentation', first: '2001:db8::', last: '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', before: ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], after: ['2001:db9::', 'public'] },
  { range: '2002::/16', class: 'embeds-ipv4', first: '2002::', last: '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', before: ['2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], after: ['2003::', 'public'] },
  { range: '2620:4f:8000::/48', class: 'reserved', first: '2620:4f:8000::', last: '2620:4f:8000:ffff:ffff:ffff:ffff:ffff', before: ['2620:4f:7fff:ffff:ffff:ffff:ffff:ffff', 'public'], after: ['2620:4f:8001::', 'public'] },
  { range: '3fff::/20', class: 'documentation', first: '3fff::', last: '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', before: ['3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], after: ['3fff:1000::', 'public'] },
  { range: '5f00::/16', class: 'reserved', first: '5f00::', last: '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', before: ['5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'], after: ['5f01::', 'reserved'] },
  { range: 'fc00::/7', class: 'private', first: 'fc00::', last: 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', before: ['fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'], after: ['fe00::', 'reserved'] },
  { range: 'fe80::/10', class: 'link-local', first: 'fe80::', last: 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', before: ['fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'reserved'], after: ['fec0::', 'private'] },
  { range: 'fec0::/10', class: 'private', first: 'fec0::', last: 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', after: ['ff00::', 'multicast'] },
  { range: 'ff00::/8', class: 'multicast', first: 'ff00::', last: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' },
];

describe('P6: the verdict over an address', () => {
  test.each(ranges)('calls $range $class from its first address to its last, and not beyond', (row) => {
    expect(classifyAddress(row.first)).toBe(row.class);
    expect(classifyAddress(row.last)).toBe(row.class);
    for (const [address, expected] of [row.before, row.after].filter((neighbour) => neighbour !== undefined)) {
      expect(`${address} ${classifyAddress(address)}`).toBe(`${address} ${expected}`);
    }
  });

  test.each([
    ['2000::', '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '4000::'],
  ])('lets IPv6 through only where it is global unicast: %s, and not %s', (inside, outside) => {
    expect(classifyAddress(inside)).toBe('public');
    expect(classifyAddress(outside)).toBe('reserved');
  });

  test.each([
    ['AWS, Google, Azure and most others', '169.254.169.254', 'link-local'],
    ['AWS credentials of a container', '169.254.170.2', 'link-local'],
    ['AWS over IPv6', 'fd00:ec2::254', 'private'],
    ['Google over IPv6', 'fd20:ce::254', 'private'],
    ['Alibaba', '100.100.100.200', 'shared'],
    ['Oracle, older', '192.0.0.192', 'reserved'],
    ['Azure with a mapped address', '::ffff:169.254.169.254', 'embeds-ipv4'],
    ['AWS through NAT64', '64:ff9b::a9fe:a9fe', 'embeds-ipv4'],
  ])('keeps the metadata of %s out of reach: %s', (_cloud, address, expected) => {
    expect(classifyAddress(address)).toBe(expected);
  });

  test.each(['::127.0.0.1', '::7f00:1', '::ffff:0:127.0.0.1'])('is not taken in by IPv4 inside %s', (address) => {
    expect(classifyAddress(address)).toBe('reserved');
  });

  test.each(['1.1.1.1', '8.8.8.8', '104.18.7.42', '2606:4700::1111', '2001:4860:4860::8888', '2A00:1450::1'])(
    'lets the public address %s through',
    (address) => {
      expect(classifyAddress(address)).toBe('public');
    },
  );

  test('calls an address with a zone link-local, since only such have one', () => {
    expect(classifyAddress('fe80::1%eth0')).toBe('link-local');
    expect(classifyAddress('2606:4700::1%eth0')).toBe('link-local');
  });

  test.each(['', 'localhost', '127.1', '0x7f.0.0.1', '0177.0.0.1', '2130706433', '[::1]', '1.1.1.1 ', '1.1.1.1:443'])(
    'calls %j no address at all, so it is not public either',
    (text) => {
      expect(classifyAddress(text)).toBe('not-an-address');
    },
  );
});

test.each([
  ['64:ff9b::8.8.8.8', '8.8.8.8'],
  ['64:ff9b::808:808', '8.8.8.8'],
  ['0064:FF9B:0:0:0:0:0808:0808', '8.8.8.8'],
  ['64:ff9b::', '0.0.0.0'],
  ['64:ff9b::7f', '0.0.0.127'],
  ['64:ff9b::7f00:0', '127.0.0.0'],
  ['64:ff9b::ffff:ffff', '255.255.255.255'],
  ['64:ff9b::1:808:808', null],
  ['64:ff9b:1::808:808', null],
  ['::ffff:808:808', null],
  ['64:ff9b::808:808%eth0', null],
  ['8.8.8.8', null],
  ['', null],
])('reads the IPv4 address behind the NAT64 address %s: %s', (address, expected) => {
  expect(ipv4BehindNat64(address)).toBe(expected);
});
