// Opens a stranger's URL. The policy is in domain/; here it is enforced at the moment of connecting (P6): literal hosts
// before, DNS answers inside the connection, the socket's own address after it, and all of it anew for each redirect.
import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { TransferError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';
import { assertPublic, type JudgedUrl, judgeUrl } from '../domain/source-url.ts';
import type { OpenSource } from '../ports.ts';
import { withIdleLimit } from './idle-limit.ts';
import { assertAnswer, toConnectError } from './source-answer.ts';

/** Hosts refuse the default names of libraries (FACTS: 403 for Python's); this one says who calls, and is kept stable. */
const headers = {
  'user-agent': 'Mozilla/5.0 (compatible; Trackkeeper/1.0; music archiver)',
  accept: '*/*',
  'accept-encoding': 'identity',
};

type Limits = Record<'connectMs' | 'firstByteMs' | 'idleMs' | 'redirects', number>;

export function createHttpsSource(options: {
  allowedPrivateSources: readonly string[];
  resolve?: LookupFunction;
  limits?: Limits;
  ca?: string;
}): OpenSource {
  const { allowedPrivateSources, resolve = lookup, limits: within = limits, ca } = options;

  return async (url, { signal, maxBytes }) => {
    let next = url;
    for (let redirects = 0; redirects <= within.redirects; redirects++) {
      const judged = judgeUrl(next, allowedPrivateSources);
      const response = await request(judged, { signal, within, resolve, ca });
      const location = response.headers.location;
      if ((response.statusCode ?? 0) < 300 || (response.statusCode ?? 0) >= 400 || location === undefined) {
        const promisedBytes = assertAnswer(response, maxBytes);
        return { promisedBytes, body: withIdleLimit(response, promisedBytes, within.idleMs, signal) };
      }
      response.destroy();
      next = URL.parse(location, judged.url.href)?.href ?? location;
    }
    throw new TransferError('too_many_redirects', `more than ${within.redirects} redirects`);
  };
}

type RequestOptions = { signal: AbortSignal; within: Limits; resolve: LookupFunction; ca: string | undefined };

function request(judged: JudgedUrl, { signal, within, resolve, ca }: RequestOptions): Promise<http.IncomingMessage> {
  const { url, host, port, isAllowedPrivate } = judged;
  const isHttps = url.protocol === 'https:';
  return new Promise((fulfil, reject) => {
    const outgoing = (isHttps ? https : http).request({
      host,
      port,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host },
      ca,
      // A connection per request: what was judged is what is used, and nothing is shared between hosts.
      agent: false,
      lookup: isAllowedPrivate ? resolve : guarded(resolve),
      maxHeaderSize: limits.headerBytes,
      signal,
    });
    const end = (error: TransferError) => outgoing.destroy(error);
    let timer = setTimeout(
      () => end(new TransferError('connect_timeout', `no connection to ${url.host}`)),
      within.connectMs,
    );

    outgoing.once('socket', (socket) => {
      socket.once('connect', () => {
        if (isAllowedPrivate) return;
        try {
          assertPublic(socket.remoteAddress ?? '');
        } catch (error) {
          socket.destroy(error instanceof Error ? error : undefined);
        }
      });
      socket.once(isHttps ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        timer = setTimeout(
          () => end(new TransferError('first_byte_timeout', `${url.host} accepted and sent nothing`)),
          within.firstByteMs,
        );
      });
    });
    outgoing.once('response', (response) => {
      clearTimeout(timer);
      fulfil(response);
    });
    outgoing.once('error', (error) => reject(toConnectError(error, url.host)));
    // Node ends some connections without an error: an upgrade that nobody asked for, say. After an answer this is nothing.
    outgoing.once('close', () => {
      clearTimeout(timer);
      reject(new TransferError('connect_failed', `${url.host} ended the connection without an answer`));
    });
    outgoing.end();
  });
}

/** Judges every answer of DNS and connects to those very answers; one bad answer refuses the host. */
function guarded(resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, answer, family) => {
      if (error !== null) return callback(error, []);
      const addresses = typeof answer === 'string' ? [{ address: answer, family: family ?? 0 }] : answer;
      try {
        for (const { address } of addresses) assertPublic(address);
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)), []);
      }
      const [first] = addresses;
      if (first === undefined) return callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
