// The SSRF guard (P6), and the only place where the functions open sockets to foreign hosts: literal hosts were
// checked with the URL, DNS answers are checked during the connection, and the socket's own address after it.
import type { LookupAddress } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';
import { limits } from '../../domain/limits.ts';
import { assertConnectable, connectableAddresses, type JudgedUrl, type SourcePolicy } from '../../domain/source-url.ts';

/**
 * `onread`: receives the bytes instead of `data` events. Its `buffer` must never return an empty one, or Node hangs.
 */
export type Connect = (judged: JudgedUrl, onread?: OnReadOpts) => Duplex;

export type ConnectOptions = {
  resolve: LookupFunction;
  /** PEM; replaces the public authorities. */
  ca?: string | undefined;
  /** For tests: where packets really go, whatever was checked. */
  reroute?: (() => { host: string; port: number }) | undefined;
};

export function createConnect({ resolve, ca, reroute }: ConnectOptions): Connect {
  // Created once, when first needed: each costs a song a hundredth of its CPU.
  let secureContext: SecureContext | undefined;
  return ({ host, port, isTls, isAllowedPrivate }, onread) => {
    const target = {
      ...{ host, port, noDelay: true, lookup: isAllowedPrivate ? resolve : guarded(resolve) },
      ...{ autoSelectFamily: true, autoSelectFamilyAttemptTimeout: limits.addressAttemptMs },
      ...(onread && { onread }),
      ...reroute?.(),
    };
    // An address is not a server name (RFC 6066), and a final dot is not part of one.
    const servername = isIP(host) === 0 ? host.replace(/\.$/, '') : '';
    if (isTls) secureContext ??= createSecureContext({ ca });
    const socket = isTls
      ? connectTls({ ...target, servername, secureContext, rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] })
      : connectTcp(target);
    if (!isAllowedPrivate) {
      // Before all other listeners, so that not even a TLS greeting is sent.
      socket.prependOnceListener('connect', () => {
        try {
          assertConnectable(socket.remoteAddress ?? '');
        } catch (refusal) {
          socket.destroy(asError(refusal));
        }
      });
    }
    return socket;
  };
}

/** Checks every DNS answer and connects to exactly those addresses; one private address rejects the host. */
function guarded(resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, answer, family) => {
      if (error !== null) return callback(error, []);
      const answers = typeof answer === 'string' ? [{ address: answer, family: family ?? 0 }] : answer;
      const addresses = connectableIn(answers);
      if (addresses instanceof Error) return callback(addresses, []);
      const [first] = addresses;
      if (first === undefined) return callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), []);
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function connectableIn(answers: LookupAddress[]): LookupAddress[] | Error {
  try {
    return [...connectableAddresses(answers)];
  } catch (refusal) {
    return asError(refusal);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** In milliseconds, bytes per second, redirects and bytes; see domain/limits.ts. */
export type SourceLimits = Record<
  'connectMs' | 'firstByteMs' | 'idleMs' | 'minimumRate' | 'redirects' | 'headerBytes',
  number
>;

/** The context that all sources share. */
export type SourceContext = {
  policy: SourcePolicy;
  within: SourceLimits;
  connect: Connect;
  /** Hosts whose responses only node:http can read, so that each of their files is requested once. */
  nodeHttpHosts: HostSet;
};

/** Remembers the most recently added hosts. */
export type HostSet = { has(host: string): boolean; add(host: string): void; remove(host: string): void };

const maxRememberedHosts = 100;

export function createHostSet(): HostSet {
  const hosts = new Set<string>();
  return {
    has: (host) => hosts.has(host),
    remove: (host) => void hosts.delete(host),
    add(host) {
      hosts.add(host);
      const [oldest] = hosts;
      if (hosts.size > maxRememberedHosts && oldest !== undefined) hosts.delete(oldest);
    },
  };
}
