// Which URLs may be fetched at all, before any connection: scheme, port, userinfo. Hosts are judged by address, later.
import { isIP } from 'node:net';
import { classifyAddress } from './address.ts';
import { TransferError } from './errors.ts';

export type JudgedUrl = {
  url: URL;
  /** Host without brackets, as the resolver takes it. */
  host: string;
  port: number;
  /** The owner named this very host and port: the only exception to P6, for local use. */
  isAllowedPrivate: boolean;
};

/** @throws TransferError `refused_url` or `refused_address`; the detail says which rule, and names host and port only. */
export function judgeUrl(text: string, allowedPrivateSources: readonly string[]): JudgedUrl {
  const url = URL.parse(text);
  if (url === null) throw new TransferError('refused_url', 'the link is not an absolute URL');
  const isHttp = url.protocol === 'http:';
  if (!isHttp && url.protocol !== 'https:') {
    throw new TransferError('refused_url', `the scheme ${url.protocol} is not allowed, only https`);
  }
  const port = Number(url.port) || (isHttp ? 80 : 443);
  const isAllowedPrivate = allowedPrivateSources.includes(`${url.hostname}:${port}`);
  const judged = { url, host: url.hostname.replace(/^\[|\]$/g, ''), port, isAllowedPrivate };
  if (isAllowedPrivate) return judged;

  if (isHttp) throw new TransferError('refused_url', 'http is not allowed, only https');
  if (port !== 443) throw new TransferError('refused_url', `port ${port} is not allowed, only 443`);
  if (url.username !== '' || url.password !== '') {
    throw new TransferError('refused_url', 'a link with a user name or password in it is not followed');
  }
  if (isIP(judged.host) !== 0) assertPublic(judged.host);
  return judged;
}

/** @throws TransferError `refused_address` unless the address is public. */
export function assertPublic(address: string): void {
  const verdict = classifyAddress(address);
  if (verdict !== 'public') throw new TransferError('refused_address', `${address} is not public (${verdict})`);
}
