// Classifies the addresses that may be connected to (P6), from the literal address alone; the source adapter enforces
// the result when it connects. Deny by default: an address that is in no row and not global unicast is rejected.
import { BlockList, isIP } from 'node:net';

export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'multicast'
  | 'documentation'
  | 'embeds-ipv4'
  | 'reserved'
  | 'not-an-address';

type Range = { range: string; class: Exclude<AddressClass, 'public' | 'not-an-address'>; source: string };

const ranges: readonly Range[] = [
  { range: '0.0.0.0/8', class: 'reserved', source: 'RFC 791: this network' },
  { range: '10.0.0.0/8', class: 'private', source: 'RFC 1918' },
  {
    range: '100.64.0.0/10',
    class: 'shared',
    source: 'RFC 6598: carrier-grade NAT; 100.100.100.200 is a metadata address',
  },
  { range: '127.0.0.0/8', class: 'loopback', source: 'RFC 1122' },
  { range: '169.254.0.0/16', class: 'link-local', source: 'RFC 3927; 169.254.169.254 is the metadata address' },
  { range: '172.16.0.0/12', class: 'private', source: 'RFC 1918' },
  { range: '192.0.0.0/24', class: 'reserved', source: 'RFC 6890; 192.0.0.192 is a metadata address' },
  { range: '192.0.2.0/24', class: 'documentation', source: 'RFC 5737' },
  { range: '192.31.196.0/24', class: 'reserved', source: 'RFC 7535: AS112' },
  { range: '192.52.193.0/24', class: 'reserved', source: 'RFC 7450: AMT' },
  { range: '192.88.99.0/24', class: 'reserved', source: 'RFC 7526: 6to4 relays, withdrawn' },
  { range: '192.168.0.0/16', class: 'private', source: 'RFC 1918' },
  { range: '192.175.48.0/24', class: 'reserved', source: 'RFC 7534: AS112' },
  { range: '198.18.0.0/15', class: 'reserved', source: 'RFC 2544: benchmarks' },
  { range: '198.51.100.0/24', class: 'documentation', source: 'RFC 5737' },
  { range: '203.0.113.0/24', class: 'documentation', source: 'RFC 5737' },
  { range: '224.0.0.0/4', class: 'multicast', source: 'RFC 5771' },
  { range: '240.0.0.0/4', class: 'reserved', source: 'RFC 1112; RFC 919: broadcast' },
  { range: '::/128', class: 'reserved', source: 'RFC 4291: unspecified' },
  { range: '::1/128', class: 'loopback', source: 'RFC 4291' },
  { range: '::ffff:0:0/96', class: 'embeds-ipv4', source: 'RFC 4291: IPv4-mapped' },
  { range: '64:ff9b::/96', class: 'embeds-ipv4', source: 'RFC 6052: NAT64' },
  { range: '64:ff9b:1::/48', class: 'embeds-ipv4', source: 'RFC 8215: NAT64, local use' },
  { range: '100::/64', class: 'reserved', source: 'RFC 6666: discard' },
  { range: '2001::/32', class: 'embeds-ipv4', source: 'RFC 4380: Teredo' },
  { range: '2001::/23', class: 'reserved', source: 'RFC 2928: IETF protocol assignments' },
  { range: '2001:db8::/32', class: 'documentation', source: 'RFC 3849' },
  { range: '2002::/16', class: 'embeds-ipv4', source: 'RFC 3056: 6to4' },
  { range: '2620:4f:8000::/48', class: 'reserved', source: 'RFC 7534: AS112' },
  { range: '3fff::/20', class: 'documentation', source: 'RFC 9637' },
  { range: '5f00::/16', class: 'reserved', source: 'RFC 9602: SRv6 SIDs' },
  { range: 'fc00::/7', class: 'private', source: 'RFC 4193: unique local; fd00:ec2::254 is a metadata address' },
  { range: 'fe80::/10', class: 'link-local', source: 'RFC 4291' },
  { range: 'fec0::/10', class: 'private', source: 'RFC 3879: site-local, withdrawn' },
  { range: 'ff00::/8', class: 'multicast', source: 'RFC 4291' },
];

const blocks = ranges.map(({ range, class: name }) => ({ name, family: familyOf(range), list: blockListOf(range) }));

/** RFC 4291 and IANA: only this eighth of IPv6 is global unicast. */
const globalUnicast6 = blockListOf('2000::/3');

/** The class of a literal address, as DNS or a socket gives it. */
export function classifyAddress(address: string): AddressClass {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return version === 0 ? 'not-an-address' : 'link-local';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  // Node's BlockList also compares mapped addresses with IPv4 rules; here each row covers its own family only.
  const block = blocks.find((row) => row.family === family && row.list.check(address, family));
  if (block !== undefined) return block.name;
  return family === 'ipv4' || globalUnicast6.check(address, family) ? 'public' : 'reserved';
}

function familyOf(range: string): 'ipv4' | 'ipv6' {
  return range.includes(':') ? 'ipv6' : 'ipv4';
}

function blockListOf(range: string): BlockList {
  const [network = '', prefix = ''] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), familyOf(range));
  return list;
}

const nat64 = blockListOf('64:ff9b::/96');

/** RFC 6052: the IPv4 address that a NAT64 address with the well-known prefix leads to; null for all others. */
export function ipv4BehindNat64(address: string): string | null {
  if (isIP(address) !== 6 || address.includes('%') || !nat64.check(address, 'ipv6')) return null;
  // The URL parser writes this prefix as `64:ff9b::`, followed by the last two groups or, without zeros, fewer.
  const [, tail = ''] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::');
  const [low = 0, high = 0] = tail
    .split(':')
    .reverse()
    .map((group) => Number.parseInt(group || '0', 16));
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
