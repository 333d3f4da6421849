// A source under test, a host that misbehaves, and a DNS that answers what a test wants.
import { readFileSync } from 'node:fs';
import { isIP, type LookupFunction } from 'node:net';
import { onTestFinished } from 'vitest';
import { createHttpsSource } from '../../../functions/adapters/https-source.ts';
import { TransferError } from '../../../functions/domain/errors.ts';
import type { OpenedSource } from '../../../functions/ports.ts';
import { startMediaServer } from '../../doubles/media-server.ts';

type Scheme = 'http' | 'https';
type Names = Readonly<Record<string, readonly string[]>>;

/** Patient, so that a slow machine fails no test; a test of a limit sets its own. */
export const patient = { connectMs: 10_000, firstByteMs: 10_000, idleMs: 10_000, redirects: 5 };

const pem = (name: string) => readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

/** The host is the one that the owner allowed, by address and as `media.test`. */
export async function openSourceBench(
  options: {
    scheme?: Scheme;
    certificate?: 'leaf' | 'self-signed' | 'expired';
    names?: Names;
    limits?: Partial<typeof patient>;
    files?: Readonly<Record<string, Buffer>>;
  } = {},
) {
  const { scheme = 'http', certificate = 'leaf', names = {}, limits = {}, files } = options;
  const tls = scheme === 'https' ? { key: pem('key'), cert: pem(certificate) } : undefined;
  const server = await startMediaServer({ ...(tls && { tls }), ...(files && { files }) });
  onTestFinished(server.close);
  const named = ['127.0.0.1', 'media.test', 'other.test'];
  const openSource = createHttpsSource({
    allowedPrivateSources: named.map((host) => `${host}:${server.port}`),
    resolve: resolveFrom({ 'media.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'], ...names }),
    limits: { ...patient, ...limits },
    ca: pem('ca'),
  });
  const absolute = (url: string) => (url.startsWith('/') ? server.url(url) : url);
  const open = (url: string, { signal = new AbortController().signal, maxBytes = Infinity } = {}) =>
    openSource(absolute(url), { signal, maxBytes });

  return {
    server,
    openSource,
    open,
    bytes: async (url: string) => readAll(await open(url)),
    /** The code and reason with which a URL is refused, or its body fails. */
    failure: (...asked: Parameters<typeof open>) => failureOf(async () => readAll(await open(...asked))),
  };
}

/** Answers from a table, all at once as `all: true` asks; an empty list never answers, no entry is no such name. */
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

export async function readAll({ body }: OpenedSource): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body));
}

export async function failureOf(act: () => Promise<unknown>): Promise<{ code: string; detail: string }> {
  try {
    await act();
  } catch (error) {
    if (error instanceof TransferError) return { code: error.code, detail: error.message };
    throw error;
  }
  return { code: 'none', detail: 'it went well' };
}
