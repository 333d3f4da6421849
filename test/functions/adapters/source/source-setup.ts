// A source under test, a host that misbehaves, and a DNS that answers as the test wants.
import { readFileSync } from 'node:fs';
import { isIP, type LookupFunction } from 'node:net';
import { onTestFinished } from 'vitest';
import { createHttpsSource } from '../../../../functions/adapters/source/https-source.ts';
import { TransferError } from '../../../../functions/domain/errors.ts';
import type { OpenedSource, OpenOptions, RangeConnection } from '../../../../functions/ports.ts';
import { startMediaServer } from '../../../doubles/media-server.ts';
import { song } from '../../../doubles/sample-files.ts';

export const schemes = ['http', 'https'] as const;
type Scheme = (typeof schemes)[number];
type Names = Readonly<Record<string, readonly string[]>>;
type Policy = { allowedHosts?: readonly string[]; allowHttp?: boolean; allowsPrivate?: boolean };

/** Long limits, so that a slow machine fails no test. A test of a limit sets its own. */
export const deployment = {
  connectMs: 10_000,
  firstByteMs: 10_000,
  idleMs: 10_000,
  minimumRate: 1,
  redirects: 5,
  headerBytes: 32 * 1024,
};

const pem = (name: string) => readFileSync(new URL(`../../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

/** The host is allowed by its address and as `media.test`. */
export async function setUpSource(
  options: {
    scheme?: Scheme;
    certificate?: 'leaf' | 'self-signed' | 'expired';
    names?: Names;
    limits?: Partial<typeof deployment>;
    files?: Readonly<Record<string, Buffer>>;
    policy?: Policy;
    /** Redirects every connection to the server, whichever address was approved. */
    isRerouted?: boolean;
  } = {},
) {
  const { scheme = 'http', certificate = 'leaf', names = {}, limits = {}, files, isRerouted = false } = options;
  const { allowedHosts = [], allowHttp = false, allowsPrivate = true } = options.policy ?? {};
  const tls = scheme === 'https' ? { key: pem('key'), cert: pem(certificate) } : undefined;
  const server = await startMediaServer({ ...(tls && { tls }), ...(files && { files }) });
  onTestFinished(server.close);
  const named = allowsPrivate ? ['127.0.0.1', 'media.test', 'media.test.', 'other.test'] : [];
  const source = createHttpsSource({
    allowedPrivateSources: named.map((host) => `${host}:${server.port}`),
    ...{ allowedHosts, allowHttp },
    resolve: resolveFrom({ ...Object.fromEntries(named.map((host) => [host, ['127.0.0.1']])), ...names }),
    limits: { ...deployment, ...limits },
    ca: pem('ca'),
    ...(isRerouted && { reroute: () => ({ host: '127.0.0.1', port: server.port }) }),
  });
  const absolute = (url: string) => (url.startsWith('/') ? server.url(url) : url);

  async function open(url: string, changed: Partial<OpenOptions> = {}) {
    const opened = await source.open(absolute(url), { ...defaults(), ...changed });
    onTestFinished(opened.close);
    return opened;
  }

  function rangeConnection(
    url: string,
    { totalBytes = song().length, version = '"one"', signal = never }: RangeChoice = {},
  ): RangeConnection {
    const made = source.connectRange(absolute(url), { totalBytes, version, signal });
    onTestFinished(made.close);
    return made;
  }

  return {
    server,
    source,
    open,
    bytes: async (url: string, changed?: Partial<OpenOptions>) => readAll(await open(url, changed)),
    /** The code and reason with which a URL is refused, or its body fails. */
    failure: (...asked: Parameters<typeof open>) => failureOf(async () => readAll(await open(...asked))),
    rangeConnection,
    /** The same for a range connection that requests the first `bytes`. */
    rangeFailure: (url: string, { bytes = 100, ...choice }: RangeChoice & { bytes?: number } = {}) =>
      failureOf(() => filledBy(rangeConnection(url, choice), 0, bytes)),
  };
}

type RangeChoice = { totalBytes?: number; version?: string; signal?: AbortSignal };

const never = new AbortController().signal;
/** All bytes at once, unless a test says otherwise. */
const defaults = (): OpenOptions => ({ signal: never, maxBytes: Infinity, aheadBytes: 1024 ** 2 });

/**
 * Answers from a table, with all addresses as `all: true` requires. An empty list never answers; a missing entry is
 * an unknown name.
 */
export function resolveFrom(names: Names): LookupFunction {
  return (hostname, _options, callback) => {
    const answers = names[hostname];
    if (answers === undefined) {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), []);
    } else if (answers.length > 0) {
      callback(
        null,
        answers.map((address) => ({ address, family: isIP(address) })),
      );
    }
  };
}

/** In small pieces, so that a response is read in several reads. */
export async function readAll({ read }: OpenedSource, bytes = 1_024): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(bytes);
    const filled = await read(piece);
    pieces.push(piece.subarray(0, filled));
    if (filled < bytes) return Buffer.concat(pieces);
  }
}

/** The bytes that a range connection reads, from one offset to another. */
export async function filledBy(rangeConnection: RangeConnection, from: number, to: number): Promise<Buffer> {
  const into = Buffer.alloc(to - from);
  await rangeConnection.fill(into, from);
  return into;
}

type Failure = { code: string; detail: string; retryAfterMs?: number };

/** `retryAfterMs` only if the host named it. */
export async function failureOf(act: () => Promise<unknown>): Promise<Failure> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    const { code, message: detail, retryAfterMs } = error;
    return { code, detail, ...(retryAfterMs !== null && { retryAfterMs }) };
  }
  return { code: 'none', detail: 'it went well' };
}
