import { describe, expect, test } from 'vitest';
import { TransferError } from '../../../functions/domain/errors.ts';
import {
  assertPublic,
  connectableAddresses,
  judgeUrl,
  type SourcePolicy,
} from '../../../functions/domain/source-url.ts';

const strict: SourcePolicy = { allowedPrivateSources: [], allowedHosts: [], allowHttp: false };
const http: SourcePolicy = { ...strict, allowHttp: true };
const hosts = (...allowedHosts: string[]): SourcePolicy => ({ ...strict, allowedHosts });
const privately = (...allowedPrivateSources: string[]): SourcePolicy => ({ ...strict, allowedPrivateSources });

describe('judging a link', () => {
  test('takes an https link apart into what the connection needs', () => {
    const judged = judgeUrl('https://CDN1.Example.com/a b.mp3?x=1#t', strict);

    expect(judged).toMatchObject({ host: 'cdn1.example.com', port: 443, isTls: true, isAllowedPrivate: false });
    expect(`${judged.url.pathname}${judged.url.search}`).toBe('/a%20b.mp3?x=1');
  });

  test('takes the brackets off an IPv6 host, as the resolver wants it', () => {
    expect(judgeUrl('https://[2606:4700::1111]/song.mp3', strict).host).toBe('2606:4700::1111');
  });

  test.each([
    ['no URL', 'not a link', 'the link is not an absolute URL'],
    ['a path alone', '/song.mp3', 'the link is not an absolute URL'],
    ['an empty text', '', 'the link is not an absolute URL'],
    ['a host that is none', 'https://exa mple.com/', 'the link is not an absolute URL'],
    ['an address that is none', 'https://127.0.0.256/', 'the link is not an absolute URL'],
    ['http', 'http://cdn1.example.com/song.mp3', 'http is not allowed, only https'],
    ['file', 'file:///etc/passwd', 'the scheme file: is not allowed, only https'],
    ['data', 'data:audio/mpeg;base64,SUQz', 'the scheme data: is not allowed, only https'],
    ['ftp', 'ftp://cdn1.example.com/song.mp3', 'the scheme ftp: is not allowed, only https'],
    ['javascript', 'javascript:alert(1)', 'the scheme javascript: is not allowed, only https'],
    ['blob', 'blob:https://cdn1.example.com/1', 'the scheme blob: is not allowed, only https'],
    ['port 0', 'https://cdn1.example.com:0/', 'port 0 is not allowed, only 443'],
    ['ssh', 'https://cdn1.example.com:22/', 'port 22 is not allowed, only 443'],
    ['another web port', 'https://cdn1.example.com:8443/', 'port 8443 is not allowed, only 443'],
    ['the port of http', 'https://cdn1.example.com:80/', 'port 80 is not allowed, only 443'],
    ['a user name', 'https://me@cdn1.example.com/', 'a link with a user name or password in it is not followed'],
    ['a password', 'https://:pw@cdn1.example.com/', 'a link with a user name or password in it is not followed'],
    ['a disguise', 'https://cdn1.suno.ai@127.0.0.1/', 'a link with a user name or password in it is not followed'],
  ])('refuses %s and says why: %s', (_what, url, reason) => {
    expect(refusal(url)).toEqual(['refused_url', reason]);
  });

  test('never repeats a password, a path or a query in its reason', () => {
    const [, reason] = refusal('https://me:hunter2@127.0.0.1/secret?token=abc');

    expect(reason).not.toMatch(/hunter2|secret|abc/);
  });
});

describe('http, where the owner allows it', () => {
  test('is taken at its own port', () => {
    expect(judgeUrl('http://cdn1.example.com/song.mp3', http)).toMatchObject({ port: 80, isTls: false });
    expect(judgeUrl('https://cdn1.example.com/song.mp3', http)).toMatchObject({ port: 443, isTls: true });
  });

  test.each([
    ['another port', 'http://cdn1.example.com:8080/', 'port 8080 is not allowed, only 80'],
    ['the port of https', 'http://cdn1.example.com:443/', 'port 443 is not allowed, only 80'],
    ['https at its port', 'https://cdn1.example.com:80/', 'port 80 is not allowed, only 443'],
    ['a user name', 'http://me@cdn1.example.com/', 'a link with a user name or password in it is not followed'],
    ['ftp', 'ftp://cdn1.example.com/', 'the scheme ftp: is not allowed, only https'],
  ])('does not extend to %s', (_what, url, reason) => {
    expect(refusal(url, http)).toEqual(['refused_url', reason]);
  });

  test('does not extend to a private address', () => {
    expect(refusal('http://169.254.169.254/', http)[0]).toBe('refused_address');
  });
});

describe("F22 the owner's list of hosts", () => {
  test.each([
    ['the host itself', 'https://suno.ai/x.mp3', 'suno.ai'],
    ['a host below it', 'https://cdn1.suno.ai/x.mp3', 'suno.ai'],
    ['a host far below it', 'https://a.b.cdn1.suno.ai/x.mp3', 'suno.ai'],
    ['another spelling of the link', 'https://CDN1.SUNO.AI/x.mp3', 'suno.ai'],
    ['another spelling of the list', 'https://cdn1.suno.ai/x.mp3', 'Suno.AI'],
    ['a final dot in the link', 'https://cdn1.suno.ai./x.mp3', 'suno.ai'],
    ['a final dot in the list', 'https://cdn1.suno.ai/x.mp3', 'suno.ai.'],
    ['other letters in the link', 'https://cdn.m\u00fcnchen.example/', 'xn--mnchen-3ya.example'],
    ['other letters in the list', 'https://cdn.xn--mnchen-3ya.example/', 'm\u00fcnchen.example'],
    ['an address', 'https://8.8.8.8/x.mp3', '8.8.8.8'],
    ['the second of the list', 'https://kie.ai/', 'suno.ai,kie.ai'],
  ])('lets through %s', (_what, url, list) => {
    expect(refusal(url, hosts(...list.split(',')))).toEqual(['allowed', url]);
  });

  test.each([
    ['more behind the name', 'https://suno.ai.evil.com/', 'suno.ai.evil.com'],
    ['letters before the name', 'https://evilsuno.ai/', 'evilsuno.ai'],
    ['the name in the path', 'https://evil.com/suno.ai', 'evil.com'],
    ['the name in the query', 'https://evil.com/?u=https://cdn1.suno.ai', 'evil.com'],
    ['the name in the fragment', 'https://evil.com/#.suno.ai', 'evil.com'],
    ['the name behind a backslash', 'https://evil.com\\.suno.ai/', 'evil.com'],
    ['the parent of the name', 'https://ai/', 'ai'],
    ['two final dots', 'https://suno.ai../', 'suno.ai..'],
    ['an address', 'https://8.8.8.8/', '8.8.8.8'],
    ['a letter that looks alike', 'https://sun\u043e.ai/', 'xn--sun-ued.ai'],
  ])('holds a host with %s, and says which setting allows it', (_what, url, host) => {
    expect(refusal(url, hosts('suno.ai'))).toEqual([
      'host_not_allowed',
      `${host} is not among the hosts that media may come from; the setting allowedSourceHosts allows it`,
    ]);
  });

  test.each(['', '.', '*.suno.ai', 'suno.ai/x', 'a b'])('an entry that names no host allows none: %j', (entry) => {
    expect(refusal('https://evil.com/', hosts(entry))[0]).toBe('host_not_allowed');
  });

  test('lets no user name, port or private address through', () => {
    expect(refusal('https://cdn1.suno.ai@evil.com/', hosts('suno.ai'))[0]).toBe('refused_url');
    expect(refusal('https://suno.ai:22/', hosts('suno.ai'))[0]).toBe('refused_url');
    expect(refusal('https://127.0.0.1/', hosts('127.0.0.1'))[0]).toBe('refused_address');
  });

  test('does not hold the private sources that the owner allowed', () => {
    const policy = { ...hosts('suno.ai'), allowedPrivateSources: ['127.0.0.1:9000'] };

    expect(refusal('http://127.0.0.1:9000/', policy)[0]).toBe('allowed');
  });

  test('never repeats a path or a query in its reason', () => {
    expect(refusal('https://evil.com/secret?token=abc', hosts('suno.ai'))[1]).not.toMatch(/secret|token|abc/);
  });
});

describe('P6: a literal host that is not public is refused however it is spelled', () => {
  test.each([
    ['in decimal', 'https://2130706433/'],
    ['in octal', 'https://017700000001/'],
    ['in octal parts', 'https://0177.0.0.01/'],
    ['in hex', 'https://0x7f000001/'],
    ['in hex parts', 'https://0x7F.0.0.0x1/'],
    ['short by two parts', 'https://127.1/'],
    ['short by one part', 'https://127.0.1/'],
    ['with a trailing dot', 'https://127.0.0.1./'],
    ['in full-width digits', 'https://１２７.０.０.１/'],
    ['in circled digits', 'https://①②⑦.⓪.⓪.①/'],
    ['with ideographic full stops', 'https://127。0。0。1/'],
    ['with escapes', 'https://%31%32%37%2e0%2e0%2e1/'],
    ['with backslashes', 'https:\\\\127.0.0.1\\'],
    ['with line breaks in it', 'ht\ntps://127.0.\r\n0.1/'],
    ['with blanks around it', '  https://127.0.0.1/  '],
    ['with the usual port', 'https://127.0.0.1:443/'],
  ])('127.0.0.1 %s', (_how, url) => {
    expect(refusal(url)).toEqual(['refused_address', '127.0.0.1 is not public (loopback)']);
  });

  test.each([
    ['zero', 'https://0/', '0.0.0.0', 'reserved'],
    ['the metadata address as a number', 'https://2852039166/', '169.254.169.254', 'link-local'],
    ['a mapped address', 'https://[::ffff:127.0.0.1]/', '::ffff:7f00:1', 'embeds-ipv4'],
    ['a long mapped address', 'https://[0:0:0:0:0:FFFF:7F00:0001]/', '::ffff:7f00:1', 'embeds-ipv4'],
    ['a compatible address', 'https://[::127.0.0.1]/', '::7f00:1', 'reserved'],
    ['a NAT64 address', 'https://[64:ff9b::127.0.0.1]/', '64:ff9b::7f00:1', 'embeds-ipv4'],
    ['a 6to4 address', 'https://[2002:7f00:1::]/', '2002:7f00:1::', 'embeds-ipv4'],
    ['a unique local address', 'https://[fd00:ec2::254]/', 'fd00:ec2::254', 'private'],
  ])('%s', (_what, url, address, verdict) => {
    expect(refusal(url)).toEqual(['refused_address', `${address} is not public (${verdict})`]);
  });

  test('an answer of DNS that is no address is refused as well', () => {
    expect(() => assertPublic('localhost')).toThrow('localhost is not public (not-an-address)');
  });
});

describe('P6: the one exception, a host and port that the owner named', () => {
  test.each([
    ['by http', 'http://127.0.0.1:9000/song.mp3', '127.0.0.1:9000'],
    ['by https', 'https://127.0.0.1:9000/song.mp3', '127.0.0.1:9000'],
    ['by name', 'http://media.test:9000/song.mp3', 'media.test:9000'],
    ['by IPv6', 'http://[::1]:9000/song.mp3', '[::1]:9000'],
    ['at the port that http implies', 'http://127.0.0.1/song.mp3', '127.0.0.1:80'],
    ['at the port that https implies', 'https://127.0.0.1/song.mp3', '127.0.0.1:443'],
  ])('may be fetched from %s', (_how, url, allowed) => {
    expect(judgeUrl(url, privately('10.0.0.1:1', allowed)).isAllowedPrivate).toBe(true);
  });

  test.each([
    ['another port', 'http://127.0.0.1:9001/'],
    ['another host', 'http://127.0.0.2:9000/'],
    ['a name for the same host', 'http://localhost:9000/'],
    ['a longer name', 'http://127.0.0.1.example.com:9000/'],
    ['the host as user name', 'http://127.0.0.1:9000@10.0.0.1/'],
    ['the host in the query', 'http://10.0.0.1/?127.0.0.1:9000'],
    ['another scheme', 'ftp://127.0.0.1:9000/'],
  ])('does not extend to %s', (_what, url) => {
    expect(refusal(url, privately('127.0.0.1:9000'))[0]).toBe('refused_url');
  });
});

function refusal(url: string, policy = strict): [string, string] {
  try {
    judgeUrl(url, policy);
  } catch (error) {
    if (error instanceof TransferError) return [error.code, error.message];
    throw error;
  }
  return ['allowed', url];
}

describe('P6: of the addresses that DNS gives', () => {
  const chosen = (...answers: string[]) =>
    connectableAddresses(answers.map((address) => ({ address }))).map(({ address }) => address);

  test('a NAT64 address is skipped beside others, and used if it is the only one', () => {
    expect(chosen('64:ff9b::808:808', '8.8.8.8')).toEqual(['8.8.8.8']);
    expect(chosen('2606:4700::1111', '64:ff9b::808:808', '8.8.8.8')).toEqual(['2606:4700::1111', '8.8.8.8']);
    expect(chosen('64:ff9b::808:808')).toEqual(['64:ff9b::808:808']);
  });

  test.each([
    ['a NAT64 address of a private one', '64:ff9b::a00:1'],
    ['a NAT64 address of the metadata service', '64:ff9b::a9fe:a9fe'],
    ['a NAT64 address of the local prefix', '64:ff9b:1::808:808'],
    ['a mapped public address', '::ffff:808:808'],
    ['a private address', '10.0.0.1'],
  ])('%s refuses the host, also beside a good one', (_what, address) => {
    expect(() => chosen(address)).toThrow(`${address} is not public`);
    expect(() => chosen('8.8.8.8', address, '64:ff9b::808:808')).toThrow(`${address} is not public`);
  });
});
