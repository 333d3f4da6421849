// Reads ranges of one version of a file, one after the other. The raw connection is used as long as the host responds
// in the common form; anything else is requested again with node:http, which follows redirects and reports the exact
// error.
import type { IncomingMessage } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { judgeUrl } from '../../domain/source-url.ts';
import type { RangeConnection, RangeConnectionOptions } from '../../ports.ts';
import type { SourceContext } from './connect.ts';
import { createStallDetector, isUnparsable, outOfTime } from './failures.ts';
import { assertRange, type FileRange, isRange, rangeHeaders, strongETag } from './file-response.ts';
import { keepAliveAgents, oneTimeAgents, requestFollowingRedirects } from './node-http-request.ts';
import { openRawConnection, type RawConnection, rawRequest } from './raw-connection.ts';
import { readBody } from './read-body.ts';
import { startChain } from './redirects.ts';

/** Responses that the raw connection may fail to use: a redirect, and one more. Then node:http is used. */
const maxUnusable = 2;

export function createRangeConnection(
  url: string,
  { signal, version, totalBytes }: RangeConnectionOptions,
  context: SourceContext,
): RangeConnection {
  const { policy, within, connect, nodeHttpHosts } = context;
  const stalls = createStallDetector(within);
  let agents = keepAliveAgents(connect);
  /** The URL after the last redirect. */
  let finalUrl = url;
  let unusable = 0;
  let connection: RawConnection | null = null;
  let answered: IncomingMessage | null = null;

  /** @returns whether the range was read */
  async function fillRaw(into: Uint8Array, range: FileRange): Promise<boolean> {
    const judged = judgeUrl(finalUrl, policy);
    if (nodeHttpHosts.has(judged.url.host)) return false;
    const request = rawRequest(judged, { ...rangeHeaders(range), connection: 'keep-alive' });
    for (;;) {
      if (connection?.isOpen() !== true) connection = openRawConnection(judged, { connect, within, stalls, signal });
      const outcome = await connection.ask({ request, into, accepts: (head) => isRange(head, range) });
      if (outcome === 'unreadable') nodeHttpHosts.add(judged.url.host);
      if (outcome !== 'stale') return typeof outcome !== 'string';
    }
  }

  async function fillWithNodeHttp(into: Uint8Array, range: FileRange): Promise<void> {
    // Its connection is kept only if nothing but the response has arrived.
    if (answered?.complete === false) answered.destroy();
    const chain = startChain(url);
    const request = { headers: rangeHeaders(range), signal, within };
    const response = await requestFollowingRedirects(chain, { ...request, agents }, context).catch((error: unknown) => {
      if (agents.isLenient || !isUnparsable(error)) throw error;
      agents.close();
      agents = oneTimeAgents(connect);
      return requestFollowingRedirects(chain, { ...request, agents }, context);
    });
    try {
      assertRange(response, range);
      const body = readBody(response, { promisedBytes: into.length, maxBytes: into.length, stalls, signal });
      await body.read(into);
      body.letGo();
    } catch (error) {
      response.destroy();
      throw error;
    }
    answered = response;
    finalUrl = chain.url;
  }

  return {
    async fill(into, from) {
      if (into.length === 0) return;
      if (signal.aborted) throw outOfTime();
      if (strongETag(version) === null) throw new TransferError('changed', 'its version cannot be requested');
      const range = { from, bytes: into.length, totalBytes, version };
      if (unusable < maxUnusable && (await fillRaw(into, range))) return;
      unusable++;
      await fillWithNodeHttp(into, range);
    },
    close() {
      connection?.close();
      agents.close();
    },
  };
}
