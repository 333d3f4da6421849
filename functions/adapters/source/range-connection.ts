// Ranges of one version of a file, one after the other. By a connection of our own as long as the host answers as hoped
// for; what is unlike that is asked anew by node:http, which follows redirects and says what exactly is wrong.
import type { IncomingMessage } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { judgeUrl } from '../../domain/source-url.ts';
import type { RangeConnection, RangeConnectionOptions } from '../../ports.ts';
import type { SourceContext } from './connect.ts';
import { createStallDetector, outOfTime } from './failures.ts';
import { keepAliveAgents, readBody, requestFollowingRedirects } from './node-http-request.ts';
import { openRawConnection, type RawConnection, rawRequest } from './raw-connection.ts';
import { assertRange, type FileRange, isRange, rangeHeaders, strongETag } from './response-head.ts';

/** Answers that may be unlike what is hoped for: one that redirects, and one more. Then node:http it is. */
const patience = 2;

export function createRangeConnection(
  url: string,
  { signal, version, totalBytes }: RangeConnectionOptions,
  surroundings: SourceContext,
): RangeConnection {
  const { policy, within, connect } = surroundings;
  const pace = createStallDetector(within);
  const agents = keepAliveAgents(connect);
  /** Where the last redirect led. */
  let finalUrl = url;
  let unlike = 0;
  let connection: RawConnection | null = null;
  let answered: IncomingMessage | null = null;

  /** @returns whether it is done */
  async function fillStraight(into: Uint8Array, range: FileRange): Promise<boolean> {
    const judged = judgeUrl(finalUrl, policy);
    const request = rawRequest(judged, { ...rangeHeaders(range), connection: 'keep-alive' });
    for (;;) {
      if (connection?.isOpen() !== true) connection = openRawConnection(judged, { connect, within, pace, signal });
      const outcome = await connection.ask({ request, into, accepts: (head) => isRange(head, range) });
      if (outcome !== 'stale') return outcome !== 'unlike';
    }
  }

  async function fillByHttp(into: Uint8Array, range: FileRange): Promise<void> {
    // Its connection is kept only if nothing but the answer has come.
    if (answered?.complete === false) answered.destroy();
    const request = { headers: rangeHeaders(range), agentFor: agents.agentFor, signal, within };
    const found = await requestFollowingRedirects(url, request, surroundings);
    const { response } = found;
    try {
      assertRange(response, range);
      const body = readBody(response, { promisedBytes: into.length, maxBytes: into.length, pace, signal });
      await body.read(into);
      body.letGo();
    } catch (error) {
      response.destroy();
      throw error;
    }
    answered = response;
    finalUrl = found.url;
  }

  return {
    async fill(into, from) {
      if (into.length === 0) return;
      if (signal.aborted) throw outOfTime();
      if (strongETag(version) === null) throw new TransferError('changed', 'its version cannot be asked for');
      const range = { from, bytes: into.length, totalBytes, version };
      if (unlike < patience && (await fillStraight(into, range))) return;
      unlike++;
      await fillByHttp(into, range);
    },
    close() {
      connection?.close();
      agents.close();
    },
  };
}
