// Who may ask what. Pure. A web page in the same browser can send requests to this server, and make a name of its own
// lead to it; another person of this machine can, too. None of them has the token, and browsers tell who is asking.
import { createHash, timingSafeEqual } from 'node:crypto';

/** Of one run: the token is in the printed address, the session in the cookie that it is exchanged for. */
export type Room = { port: number; token: string; session: string };

export type Asked = {
  method: string;
  /** As it stands in the request's first line. */
  url: string;
  /** In lower case. */
  headers: Readonly<Record<string, string | undefined>>;
};

export type Verdict =
  | { verdict: 'welcome'; path: string; query: URLSearchParams }
  /** The token was right: give the cookie. */
  | { verdict: 'let-in'; cookie: string }
  | { verdict: 'refused'; status: 400 | 403 | 405 | 413 | 415; reason: string };

/** All that is ever posted is `{}`. */
const maxBodyBytes = 1024;

const strangers =
  'Open the address that `trackkeeper browse` printed, by the address bar: it lets this browser in, until the command ends.';

export function judge(asked: Asked, room: Room): Verdict {
  const { method, url, headers } = asked;
  const host = headers.host ?? '';
  if (!hostsOf(room).includes(host))
    return refused(403, `This is not ${host === '' ? 'a name' : 'the name'} of this server.`);
  // An absolute address here would be for a proxy.
  if (!url.startsWith('/')) return refused(400, 'The address is no path.');
  const [path = '', search = ''] = url.split('?', 2);
  const query = new URLSearchParams(search);

  const token = query.get('token');
  if (method === 'GET' && path === '/' && token !== null) {
    if (!isSame(token, room.token)) return refused(403, strangers);
    return { verdict: 'let-in', cookie: `${cookieName(room)}=${room.session}; HttpOnly; SameSite=Strict; Path=/` };
  }
  if (!isSame(cookieIn(headers.cookie, cookieName(room)), room.session)) return refused(403, strangers);
  if (!comesFromHere(headers['sec-fetch-site'], path)) return refused(403, 'Another site asked for this.');
  if (method === 'GET' || method === 'HEAD') return { verdict: 'welcome', path, query };

  if (method !== 'POST') return refused(405, 'There is only reading, and retry.');
  if (headers.origin !== `http://${host}`) return refused(403, 'Another site asked for this.');
  if (!/^application\/json *(;|$)/.test(headers['content-type'] ?? '')) return refused(415, 'Send application/json.');
  const length = headers['content-length'] ?? '';
  const isBounded = /^\d{1,6}$/.test(length) && headers['transfer-encoding'] === undefined;
  if (!isBounded || Number(length) > maxBodyBytes)
    return refused(413, `Send at most ${maxBodyBytes} bytes, and say how many.`);
  return { verdict: 'welcome', path, query };
}

/** Any other name that leads to this address is somebody's trick. */
const hostsOf = ({ port }: Room) => [`127.0.0.1:${port}`, `localhost:${port}`];

/** Cookies do not tell ports apart, so the name does. */
const cookieName = ({ port }: Room) => `trackkeeper-${port}`;

/** `none`: the person typed the address of the page. Programs and old browsers send nothing. */
function comesFromHere(site: string | undefined, path: string): boolean {
  return site === undefined || site === 'same-origin' || (site === 'none' && path === '/');
}

function cookieIn(header: string | undefined, name: string): string {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function refused(status: (Verdict & { verdict: 'refused' })['status'], reason: string): Verdict {
  return { verdict: 'refused', status, reason };
}
