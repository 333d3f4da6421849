// Redirects: each URL is judged like the first one, and cookies are kept as long as the chain lasts, since some hosts
// set one and then send the client back to the same URL.
import { isIP } from 'node:net';
import { TransferError } from '../../domain/errors.ts';
import { type JudgedUrl, judgeUrl } from '../../domain/source-url.ts';
import type { SourceContext } from './connect.ts';
import { outOfTime } from './failures.ts';
import type { SourceResponse } from './file-response.ts';

/** RFC 9110, 15.4; other statuses with a Location are not redirects to follow. */
const redirects = [301, 302, 303, 307, 308];

/** A response of either reader; `drop` releases its connection. */
export type Droppable = SourceResponse & { drop(): void };

/** `url`: where it has led so far. */
export type RedirectChain = { url: string; steps: number; cookies: readonly Cookie[] };

export function startChain(url: string): RedirectChain {
  return { url, steps: 0, cookies: [] };
}

/**
 * Requests and follows redirects from where the chain has led, checking each URL. `ask` gets the Cookie header to send,
 * if any. @returns the last response, whatever it is
 */
export async function followRedirects<A extends Droppable>(
  chain: RedirectChain,
  { policy, within }: SourceContext,
  signal: AbortSignal,
  ask: (judged: JudgedUrl, cookie: Readonly<Record<string, string>>) => Promise<A>,
): Promise<A> {
  for (;;) {
    if (signal.aborted) throw outOfTime();
    const judged = judgeUrl(chain.url, policy);
    const answer = await ask(judged, cookieHeader(chain.cookies, judged));
    const { location, 'set-cookie': setCookies = [] } = answer.headers;
    if (!redirects.includes(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.drop();
    if (++chain.steps > within.redirects) {
      throw new TransferError('too_many_redirects', `more than ${within.redirects} redirects`);
    }
    chain.cookies = withCookies(chain.cookies, setCookies, judged);
    chain.url = URL.parse(percentEncoded(location), judged.url.href)?.href ?? location;
  }
}

/** Both readers give the bytes of a head as Latin-1; most hosts mean UTF-8, and none is harmed by the same bytes. */
function percentEncoded(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

// Cookies, as far as a chain of redirects needs them (RFC 6265 without paths and expiry dates).

type Cookie = { name: string; value: string; host: string; hasSubdomains: boolean; isSecure: boolean };

/** As hosts may set them; browsers allow more. */
const maxCookies = 20;
const maxCookieBytes = 4096;

/** Without characters that end a header line or the cookie. */
const cookiePair = /^([\w!#$%&'*+.^`|~[\]-]+)=([\x20-\x3a\x3c-\x7e\x80-\xff]*)$/;

export function withCookies(
  before: readonly Cookie[],
  setCookies: readonly string[],
  { url, isTls }: Pick<JudgedUrl, 'url' | 'isTls'>,
): readonly Cookie[] {
  let cookies = before;
  for (const text of setCookies) {
    const cookie = parseCookie(text, url.hostname);
    if (cookie === null || (cookie.isSecure && !isTls)) continue;
    const others = cookies.filter(({ name, host }) => name !== cookie.name || host !== cookie.host);
    cookies = cookie.value === '' ? others : [...others, cookie];
  }
  const kept = cookies.slice(-maxCookies);
  while (kept.reduce((sum, { name, value }) => sum + name.length + value.length + 3, 0) > maxCookieBytes) kept.shift();
  return kept;
}

/** Null: not a cookie, or one for another host. */
function parseCookie(text: string, hostname: string): Cookie | null {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const [, name, value = ''] = cookiePair.exec(pair) ?? [];
  if (name === undefined) return null;
  const [, domain = ''] = attributes.flatMap((one) => [...(/^domain\s*=\s*\.?(.*)$/i.exec(one) ?? [])]);
  const host = domain === '' ? hostname : domain.toLowerCase();
  const hasSubdomains = domain !== '' && isIP(hostname) === 0 && host.includes('.');
  if (host !== hostname && !(hasSubdomains && hostname.endsWith(`.${host}`))) return null;
  const isRemoved = attributes.some((one) => /^max-age\s*=\s*(0|-\d+)$/i.test(one));
  const isSecure = attributes.some((one) => one.toLowerCase() === 'secure');
  return { name, value: isRemoved ? '' : value, host, hasSubdomains, isSecure };
}

/** The header with all cookies for this URL; none if there are none. */
export function cookieHeader(
  cookies: readonly Cookie[],
  { url, isTls }: Pick<JudgedUrl, 'url' | 'isTls'>,
): Readonly<Record<string, string>> {
  const sent = cookies.filter(({ host, hasSubdomains, isSecure }) => {
    const isHost = url.hostname === host || (hasSubdomains && url.hostname.endsWith(`.${host}`));
    return isHost && (isTls || !isSecure);
  });
  return sent.length === 0 ? {} : { cookie: sent.map(({ name, value }) => `${name}=${value}`).join('; ') };
}
