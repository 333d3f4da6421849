// P6 at the moment of connecting, in the one place where this function opens sockets to strangers: literal hosts were judged
// with the URL, DNS answers are judged inside the connection, and the socket's own address after it.
import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { assertPublic, type JudgedUrl, type SourcePolicy } from '../../domain/source-url.ts';

/** `onread`: where the bytes go, instead of to `data` events. Its `buffer` must never give an empty one: Node then hangs. */
export type Connect = (judged: JudgedUrl, onread?: OnReadOpts) => Duplex;

export type ConnectOptions = {
  resolve: LookupFunction;
  /** PEM; instead of the public authorities. */
  ca?: string | undefined;
  /** For tests: where packets really go, whatever was judged. */
  reroute?: (() => { host: string; port: number }) | undefined;
};

export function createConnect({ resolve, ca, reroute }: ConnectOptions): Connect {
  // Made once, and only where it is needed: each costs a song a hundredth of its CPU.
  let secureContext: SecureContext | undefined;
  return ({ host, port, isTls, isAllowedPrivate }, onread) => {
    const target = {
      ...{ host, port, noDelay: true, lookup: isAllowedPrivate ? resolve : guarded(resolve) },
      ...(onread && { onread }),
      ...reroute?.(),
    };
    // An address is no server name (RFC 6066), and neither is a name's final dot a part of it.
    const servername = isIP(host) === 0 ? host.replace(/\.$/, '') : '';
    if (isTls) secureContext ??= createSecureContext({ ca });
    const socket = isTls
      ? connectTls({ ...target, servername, secureContext, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] })
      : connectTcp(target);
    if (!isAllowedPrivate) {
      // Before all others, so that not even a TLS greeting is sent.
      socket.prependOnceListener('connect', () => {
        try {
          assertPublic(socket.remoteAddress ?? '');
        } catch (refusal) {
          socket.destroy(asError(refusal));
        }
      });
    }
    return socket;
  };
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
        return callback(asError(refusal), []);
      }
      const [first] = addresses;
      if (first === undefined) return callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** In milliseconds, bytes a second, steps and bytes; see domain/limits.ts. */
export type SourceLimits = Record<
  'connectMs' | 'firstByteMs' | 'idleMs' | 'minimumRate' | 'redirects' | 'headerBytes',
  number
>;

/** What is the same for all sources. */
export type SourceContext = { policy: SourcePolicy; within: SourceLimits; connect: Connect };
