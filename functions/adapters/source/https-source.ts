// Opens files on foreign hosts, over https, or over http if the owner allows it. domain/source-url.ts decides which
// URLs may be fetched, and connect.ts which addresses; this file tells how a file is opened, whatever its host
// responds.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { TransferError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { SourcePolicy } from '../../domain/source-url.ts';
import type { OpenedSource, OpenOptions, Source } from '../../ports.ts';
import { type ConnectOptions, createConnect, createHostSet, type SourceContext, type SourceLimits } from './connect.ts';
import { decodeBody, type ReadableBody } from './decode.ts';
import { compareDigest, digestIn } from './digest.ts';
import { createStallDetector } from './failures.ts';
import {
  type FirstRequest,
  type FirstResponse,
  firstRequestFor,
  interpretFirstResponse,
  mayBeFile,
  type SourceResponse,
} from './file-response.ts';
import { oneTimeAgents, requestFollowingRedirects } from './node-http-request.ts';
import { createRangeConnection } from './range-connection.ts';
import { openRawConnection, type RawConnection, rawRequest } from './raw-connection.ts';
import { readBody } from './read-body.ts';
import { followRedirects, type RedirectChain, startChain } from './redirects.ts';
import { plainLength, type ResponseHead } from './response-head.ts';

type HttpsSourceOptions = Partial<SourcePolicy> & {
  resolve?: LookupFunction;
  limits?: SourceLimits;
  ca?: ConnectOptions['ca'];
  reroute?: ConnectOptions['reroute'];
};

export function createHttpsSource({
  allowedPrivateSources = [],
  allowedHosts = [],
  allowHttp = false,
  resolve = lookup,
  limits: within = limits,
  ca,
  reroute,
}: HttpsSourceOptions): Source {
  const policy = { allowedPrivateSources, allowedHosts, allowHttp };
  const connect = createConnect({ resolve, ca, reroute });
  const context = { policy, within, connect, nodeHttpHosts: createHostSet() };
  return {
    open: (url, options) => openSource(url, options, context),
    connectRange: (url, options) => createRangeConnection(url, options, context),
  };
}

/**
 * Opens a source: requests its first bytes and, if the response is unusable, the complete file. The raw connection
 * reads the common forms of HTTP for a third of the CPU; node:http reads the rest.
 */
async function openSource(url: string, options: OpenOptions, context: SourceContext): Promise<OpenedSource> {
  let request = firstRequestFor(options);
  let chain = startChain(url);
  let reader = openRaw;
  let hasFallenBack = false;
  for (;;) {
    const outcome = await reader(chain, request, options, context).catch((error: unknown) => {
      if (reader === openRaw || hasFallenBack || !isUnparsable(error)) throw error;
      // The host has answered in another form before: some forms only the raw connection reads.
      hasFallenBack = true;
      context.nodeHttpHosts.remove(URL.parse(chain.url)?.host ?? '');
      return 'unparsable' as const;
    });
    if (outcome === 'unparsable') {
      reader = openRaw;
      continue;
    }
    if (outcome === 'unreadable') {
      // Continues from the URL of the unreadable response.
      reader = openWithNodeHttp;
      continue;
    }
    if ('read' in outcome) return outcome;
    request = outcome;
    chain = startChain(url);
  }
}

/** llhttp, the parser of node:http, refused the response. */
function isUnparsable(error: unknown): boolean {
  const cause = error instanceof TransferError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('HPE_');
}

/** Opens with the raw connection. @returns what to request instead, or whether that must be by node:http */
async function openRaw(
  chain: RedirectChain,
  request: FirstRequest,
  options: OpenOptions,
  context: SourceContext,
): Promise<OpenedSource | FirstRequest | 'unreadable'> {
  const { signal, maxBytes } = options;
  const { within, connect, nodeHttpHosts } = context;
  const answer = await followRedirects(chain, context, signal, async (judged, cookie) => {
    const unreadable = { connection: null, headers: {}, drop() {} };
    if (nodeHttpHosts.has(judged.url.host)) return unreadable;
    const connection = openRawConnection(judged, { connect, within, signal, stalls: createStallDetector(within) });
    const headers = { ...request.headers, ...cookie, connection: 'close' };
    const head = await connection.ask({ request: rawRequest(judged, headers), accepts: isReadable });
    if (typeof head !== 'string') return { connection, drop: connection.close, ...head };
    nodeHttpHosts.add(judged.url.host);
    return unreadable;
  });
  const { connection } = answer;
  if (connection === null) return 'unreadable';
  try {
    const outcome = interpretFirstResponse(answer, request, maxBytes);
    if ('totalBytes' in outcome) return opened(bodyOf(connection, outcome), answer, outcome, options);
    answer.drop();
    return outcome;
  } catch (error) {
    answer.drop();
    throw error;
  }
}

/** The body of a redirect or an error is not read. */
function isReadable(head: ResponseHead): boolean {
  return !mayBeFile(head.statusCode) || plainLength(head) !== null;
}

function bodyOf(connection: RawConnection, { promisedBytes }: FirstResponse): ReadableBody {
  let leftBytes = promisedBytes ?? 0;
  return {
    async read(into) {
      const bytes = Math.min(into.length, leftBytes);
      if (bytes > 0) await connection.read(into.subarray(0, bytes));
      leftBytes -= bytes;
      return bytes;
    },
    close: connection.close,
  };
}

/** Opens with node:http, which reads every response. @returns what to request instead */
async function openWithNodeHttp(
  chain: RedirectChain,
  request: FirstRequest,
  options: OpenOptions,
  context: SourceContext,
): Promise<OpenedSource | FirstRequest> {
  const { signal, maxBytes } = options;
  const { within, connect } = context;
  const requested = { headers: request.headers, signal, agents: oneTimeAgents(connect), within };
  const response = await requestFollowingRedirects(chain, requested, context);
  try {
    const outcome = interpretFirstResponse(response, request, maxBytes);
    if ('totalBytes' in outcome) {
      const { promisedBytes } = outcome;
      const body = readBody(response, { promisedBytes, maxBytes, signal, stalls: createStallDetector(within) });
      return opened(body, response, outcome, options);
    }
    response.destroy();
    return outcome;
  } catch (error) {
    response.destroy();
    throw error;
  }
}

function opened(
  body: ReadableBody,
  response: SourceResponse,
  { totalBytes, version, promisedBytes, codings }: FirstResponse,
  { maxBytes, ignoresDigest = false }: OpenOptions,
): OpenedSource {
  if (codings.length > 0) return { totalBytes, version, ...decodeBody(body, codings, maxBytes) };
  const digest = totalBytes === promisedBytes && !ignoresDigest ? digestIn(response) : null;
  return { totalBytes, version, ...(digest === null ? body : compareDigest(body, digest, totalBytes)) };
}
