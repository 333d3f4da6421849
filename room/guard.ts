// Decides which requests are allowed. Pure. Other web pages in the same browser can send requests to this server and
// point a host name of their own at it (DNS rebinding), and so can other users of this machine. None of them has the
// token, and browsers reveal the origin of a request.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Refused } from './page-api.ts';

export type GuardedRequest = {
  method: string;
  /** As in the request line. */
  url: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
};

/** New for each run: the token is in the printed URL and is exchanged for the session, which is in a cookie. */
export type RoomSecrets = { port: number; token: string; session: string };

export type AccessVerdict =
  | { verdict: 'welcome'; path: string; query: URLSearchParams }
  /** The token was correct: set the cookie. */
  | { verdict: 'signed-in'; cookie: string }
  | { verdict: 'refused'; status: 400 | 403 | 405 | 413 | 415; reason: string };

const strangers =
  'Open the address that `trackkeeper browse` printed, by the address bar: it lets this browser in, until the command ends.';

/** The page posts nothing but `{}`. */
const maxBodyBytes = 1024;

export function authorize(asked: GuardedRequest, room: RoomSecrets): AccessVerdict {
  const { method, url, headers } = asked;
  const host = headers.host ?? '';
  if (!hostsOf(room).includes(host))
    return refused(403, `This is not ${host === '' ? 'a name' : 'the name'} of this server.`);
  // An absolute URL here is meant for a proxy.
  if (!url.startsWith('/')) return refused(400, 'The address is no path.');
  const [path = '', search = ''] = url.split('?', 2);
  const query = new URLSearchParams(search);

  const token = query.get('token');
  if (method === 'GET' && path === '/' && token !== null) {
    if (!isSame(token, room.token)) return refused(403, strangers);
    return { verdict: 'signed-in', cookie: `${cookieName(room)}=${room.session}; HttpOnly; SameSite=Strict; Path=/` };
  }
  if (!isSame(cookieIn(headers.cookie, cookieName(room)), room.session)) return refused(403, strangers);
  if (!comesFromHere(headers['sec-fetch-site'], path)) return refused(403, 'The request comes from another site.');
  if (method === 'GET' || method === 'HEAD') return { verdict: 'welcome', path, query };

  if (method !== 'POST') return refused(405, 'There is only reading, retry and dismiss.');
  if (headers.origin !== `http://${host}`) return refused(403, 'The request comes from another site.');
  if (!/^application\/json *(;|$)/.test(headers['content-type'] ?? '')) return refused(415, 'Send application/json.');
  const length = headers['content-length'] ?? '';
  const isBounded = /^\d{1,6}$/.test(length) && headers['transfer-encoding'] === undefined;
  if (!isBounded || Number(length) > maxBodyBytes)
    return refused(413, `Send at most ${maxBodyBytes} bytes, and say how many.`);
  return { verdict: 'welcome', path, query };
}

/** Any other host name that resolves to this address is an attack (DNS rebinding). */
const hostsOf = ({ port }: RoomSecrets) => [`127.0.0.1:${port}`, `localhost:${port}`];

function refused(status: (AccessVerdict & { verdict: 'refused' })['status'], reason: string): AccessVerdict {
  return { verdict: 'refused', status, reason };
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Cookies are shared by all ports of a host, so the name contains the port. */
const cookieName = ({ port }: RoomSecrets) => `trackkeeper-${port}`;

function cookieIn(header: string | undefined, name: string): string {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

/** `none`: the user opened the page directly. Programs and old browsers do not send the header. */
function comesFromHere(site: string | undefined, path: string): boolean {
  return site === undefined || site === 'same-origin' || (site === 'none' && path === '/');
}

// Headers of every response, errors included: the page loads nothing from other origins, and no other origin can
// embed it.

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

// The request and response of a route. Only `serve.ts` handles HTTP's own objects.

export type Call = {
  /** The part of the path that matches the route's group. */
  name: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  /** Aborted when the browser disconnects. */
  signal: AbortSignal;
};

export type RoomResponse = {
  status: number;
  headers: Readonly<Record<string, string | number>>;
  body?: string | Uint8Array | Readable;
};

export function jsonAnswer(value: unknown, status = 200): RoomResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function refusal(status: number, error: string): RoomResponse {
  return jsonAnswer({ error } satisfies Refused, status);
}
