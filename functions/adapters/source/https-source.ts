// Opens files on foreign hosts, over https, or over http if the owner allows it. domain/source-url.ts decides which
// URLs may be fetched, and connect.ts which addresses; this file tells how a file is opened, whatever its host
// responds.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { limits } from '../../domain/limits.ts';
import type { SourcePolicy } from '../../domain/source-url.ts';
import type { OpenedSource, OpenOptions, Source } from '../../ports.ts';
import { type ConnectOptions, createConnect, createHostSet, type SourceContext, type SourceLimits } from './connect.ts';
import { createStallDetector } from './failures.ts';
import { followRedirects, oneTimeAgents, readBody, requestFollowingRedirects } from './node-http-request.ts';
import { createRangeConnection } from './range-connection.ts';
import { openRawConnection, type RawConnection, rawRequest } from './raw-connection.ts';
import {
  type FirstRequest,
  type FirstResponse,
  firstRequestFor,
  interpretFirstResponse,
  plainLength,
  type ResponseHead,
} from './response-head.ts';

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
  const opened = await openRaw(url, firstRequestFor(options.aheadBytes), options, context);
  return 'read' in opened ? opened : await openWithNodeHttp(url, opened, options, context);
}

/** Opens with the raw connection. @returns the request for node:http, if the response cannot be read or used */
async function openRaw(
  url: string,
  request: FirstRequest,
  { signal, maxBytes }: OpenOptions,
  context: SourceContext,
): Promise<OpenedSource | FirstRequest> {
  const { within, connect, nodeHttpHosts } = context;
  const headers = { ...request.headers, connection: 'close' };
  const { answer } = await followRedirects(url, context, signal, async (judged) => {
    const unreadable = { connection: null, headers: {}, drop() {} };
    if (nodeHttpHosts.has(judged.url.host)) return unreadable;
    const connection = openRawConnection(judged, { connect, within, signal, stalls: createStallDetector(within) });
    const head = await connection.ask({ request: rawRequest(judged, headers), accepts: isReadable });
    if (head !== 'unlike' && head !== 'stale') return { connection, drop: connection.close, ...head };
    nodeHttpHosts.add(judged.url.host);
    return unreadable;
  });
  if (answer.connection === null) return request;
  try {
    const outcome = interpretFirstResponse(answer, request, maxBytes);
    if ('totalBytes' in outcome) return opened(answer.connection, outcome);
    answer.drop();
    return outcome;
  } catch (error) {
    answer.drop();
    throw error;
  }
}

/** The body of a redirect or an error is not read. */
function isReadable(head: ResponseHead): boolean {
  return (head.statusCode !== 200 && head.statusCode !== 206) || plainLength(head) !== null;
}

function opened(connection: RawConnection, { totalBytes, version, promisedBytes }: FirstResponse): OpenedSource {
  let leftBytes = promisedBytes ?? 0;
  return {
    totalBytes,
    version,
    async read(into) {
      const bytes = Math.min(into.length, leftBytes);
      if (bytes > 0) await connection.read(into.subarray(0, bytes));
      leftBytes -= bytes;
      return bytes;
    },
    close: connection.close,
  };
}

/** Opens with node:http, which reads every response; requests the complete file if the first response is unusable. */
async function openWithNodeHttp(
  url: string,
  first: FirstRequest,
  { signal, maxBytes }: OpenOptions,
  context: SourceContext,
): Promise<OpenedSource> {
  const { within, connect } = context;
  const agentFor = oneTimeAgents(connect);
  for (let request = first; ; ) {
    const { response } = await requestFollowingRedirects(
      url,
      { headers: request.headers, signal, agentFor, within },
      context,
    );
    try {
      const outcome = interpretFirstResponse(response, request, maxBytes);
      if ('totalBytes' in outcome) {
        const { totalBytes, version, promisedBytes } = outcome;
        const body = readBody(response, { promisedBytes, maxBytes, signal, stalls: createStallDetector(within) });
        return { totalBytes, version, read: body.read, close: body.close };
      }
      response.destroy();
      request = outcome;
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
}
