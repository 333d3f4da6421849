// Somebody else's files over https, or over http where the owner allows it. What may be fetched is decided in domain/ and
// enforced in connect.ts; this folder knows how hosts answer, and how they fail to.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { limits } from '../../domain/limits.ts';
import type { SourcePolicy } from '../../domain/source-url.ts';
import type { OpenedSource, OpenOptions, Source } from '../../ports.ts';
import { type ConnectOptions, createConnect, type SourceContext, type SourceLimits } from './connect.ts';
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
  const surroundings = { policy, within, connect: createConnect({ resolve, ca, reroute }) };
  return {
    open: (url, options) => openSource(url, options, surroundings),
    connectRange: (url, options) => createRangeConnection(url, options, surroundings),
  };
}

// Opens a source: asks for its first bytes, and where the answer is no good, once more for all of it. First by a connection
// of our own; what that one does not read is left to node:http.

export async function openSource(
  url: string,
  options: OpenOptions,
  surroundings: SourceContext,
): Promise<OpenedSource> {
  const opened = await openRaw(url, firstRequestFor(options.aheadBytes), options, surroundings);
  return 'read' in opened ? opened : await openWithNodeHttp(url, opened, options, surroundings);
}

/** Opens by a connection of our own. @returns what to ask of node:http, where that was of no use */
export async function openRaw(
  url: string,
  question: FirstRequest,
  { signal, maxBytes }: OpenOptions,
  surroundings: SourceContext,
): Promise<OpenedSource | FirstRequest> {
  const { within, connect } = surroundings;
  const headers = { ...question.headers, connection: 'close' };
  const { answer } = await followRedirects(url, surroundings, signal, async (judged) => {
    const connection = openRawConnection(judged, { connect, within, signal, pace: createStallDetector(within) });
    const outcome = await connection.ask({ request: rawRequest(judged, headers), accepts: isReadable });
    const isUnlike = outcome === 'unlike' || outcome === 'stale';
    return { isUnlike, connection, drop: connection.close, ...(isUnlike ? { headers: {} } : outcome) };
  });
  try {
    const outcome = answer.isUnlike ? question : interpretFirstResponse(answer, question, maxBytes);
    if ('totalBytes' in outcome) return opened(answer.connection, outcome);
    answer.drop();
    return outcome;
  } catch (error) {
    answer.drop();
    throw error;
  }
}

/** Of redirects and errors nobody reads the body. */
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

/** Opens by node:http, which reads every answer; asks again where the first one was no good. */
export async function openWithNodeHttp(
  url: string,
  first: FirstRequest,
  { signal, maxBytes }: OpenOptions,
  surroundings: SourceContext,
): Promise<OpenedSource> {
  const { within, connect } = surroundings;
  const agentFor = oneTimeAgents(connect);
  for (let question = first; ; ) {
    const { response } = await requestFollowingRedirects(
      url,
      { headers: question.headers, signal, agentFor, within },
      surroundings,
    );
    try {
      const outcome = interpretFirstResponse(response, question, maxBytes);
      if ('totalBytes' in outcome) {
        const { totalBytes, version, promisedBytes } = outcome;
        const body = readBody(response, { promisedBytes, maxBytes, signal, pace: createStallDetector(within) });
        return { totalBytes, version, read: body.read, close: body.close };
      }
      response.destroy();
      question = outcome;
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
}
