// Decides which URLs may be fetched, before any connection: scheme, port, userinfo, and the owner's list of hosts.
// Addresses are checked later.
import { isIP } from 'node:net';
import { classifyAddress, ipv4BehindNat64 } from './address.ts';
import { TransferError } from './errors.ts';

/** The owner's settings for sources. */
export type SourcePolicy = {
  /** `host:port`, each an exception to P6 for local use; such a source may also use http. */
  allowedPrivateSources: readonly string[];
  /** Hosts that media may be fetched from, with their subdomains; empty: any public host. */
  allowedHosts: readonly string[];
  /** Whether media may also be fetched over http, from port 80. */
  allowHttp: boolean;
};

export type JudgedUrl = {
  url: URL;
  /** Host without brackets, as the resolver expects it. */
  host: string;
  port: number;
  isTls: boolean;
  /** The owner named this host and port: the only exception to P6, for local use. */
  isAllowedPrivate: boolean;
};

/**
 * @throws TransferError `refused_url`, `refused_address` or `host_not_allowed`; the detail says which rule, and names
 * host and port only.
 */
export function judgeUrl(text: string, { allowedPrivateSources, allowedHosts, allowHttp }: SourcePolicy): JudgedUrl {
  const url = URL.parse(text);
  if (url === null) throw new TransferError('refused_url', 'the link is not an absolute URL');
  const isTls = url.protocol === 'https:';
  if (!isTls && url.protocol !== 'http:') {
    throw new TransferError('refused_url', `the scheme ${url.protocol} is not allowed, only https`);
  }
  const usualPort = isTls ? 443 : 80;
  const port = url.port === '' ? usualPort : Number(url.port);
  const isAllowedPrivate = allowedPrivateSources.includes(`${url.hostname}:${port}`);
  const judged = { url, host: url.hostname.replace(/^\[|\]$/g, ''), port, isTls, isAllowedPrivate };
  if (isAllowedPrivate) return judged;

  if (!isTls && !allowHttp) throw new TransferError('refused_url', 'http is not allowed, only https');
  if (port !== usualPort) {
    throw new TransferError('refused_url', `port ${port} is not allowed, only ${usualPort}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TransferError('refused_url', 'a link with a user name or password in it is not followed');
  }
  if (isIP(judged.host) !== 0) assertPublic(judged.host);
  if (allowedHosts.length > 0 && !allowedHosts.some((allowed) => isAtOrBelow(url.hostname, allowed))) {
    throw new TransferError(
      'host_not_allowed',
      `${url.hostname} is not among the hosts that media may come from; the setting allowedSourceHosts allows it`,
    );
  }
  return judged;
}

/** @throws TransferError `refused_address` unless the address is public. */
export function assertPublic(address: string): void {
  const verdict = classifyAddress(address);
  if (verdict !== 'public') throw new TransferError('refused_address', `${address} is not public (${verdict})`);
}

/**
 * Like `assertPublic`, for addresses that DNS or a socket gives: it also accepts NAT64 addresses of public ones, which
 * resolvers of IPv6 networks add to the answers. @throws TransferError `refused_address`
 */
export function assertConnectable(address: string): void {
  const target = ipv4BehindNat64(address);
  if (target === null || classifyAddress(target) !== 'public') assertPublic(address);
}

/**
 * The addresses of a host to connect to. NAT64 addresses are skipped if there are others, since they work in some
 * networks only. @throws TransferError `refused_address` if a single one is not public
 */
export function connectableAddresses<T extends { address: string }>(answers: readonly T[]): readonly T[] {
  for (const { address } of answers) assertConnectable(address);
  const direct = answers.filter(({ address }) => ipv4BehindNat64(address) === null);
  return direct.length > 0 ? direct : answers;
}

/**
 * Compares complete labels. `allowed` is written by people; `hostname` is from a URL, in lower case and in punycode.
 */
function isAtOrBelow(hostname: string, allowed: string): boolean {
  const domain = URL.parse(`https://${allowed}/`)?.hostname;
  if (domain === undefined) return false;
  return `.${withoutRootDot(hostname)}`.endsWith(`.${withoutRootDot(domain)}`);
}

/** `example.com.` names the same host as `example.com`. */
function withoutRootDot(hostname: string): string {
  return hostname.replace(/\.$/, '');
}
