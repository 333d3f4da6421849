// Ranges of one version of a file, one after the other. By a connection of our own as long as the host answers as hoped
// for; what is unlike that is asked anew by node:http, which follows redirects and says what exactly is wrong.
import type { IncomingMessage } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { judgeUrl } from '../../domain/source-url.ts';
import type { Lane, LaneOptions } from '../../ports.ts';
import { keptAgents } from './agents.ts';
import { type Connection, openConnection } from './connection.ts';
import { outOfTime } from './failures.ts';
import { followByHttp } from './follow-by-http.ts';
import { createPace } from './pace.ts';
import { assertRange, isRange, type Range, rangeHeaders } from './range.ts';
import { readBody } from './read-body.ts';
import { straightRequest } from './straight-request.ts';
import type { Surroundings } from './surroundings.ts';
import { strongETag } from './validators.ts';

/** Answers that may be unlike what is hoped for: one that redirects, and one more. Then node:http it is. */
const patience = 2;

export function createLane(
  url: string,
  { signal, version, totalBytes }: LaneOptions,
  surroundings: Surroundings,
): Lane {
  const { policy, within, connect } = surroundings;
  const pace = createPace(within);
  const agents = keptAgents(connect);
  /** Where the last redirect led. */
  let finalUrl = url;
  let unlike = 0;
  let connection: Connection | null = null;
  let answered: IncomingMessage | null = null;

  /** @returns whether it is done */
  async function fillStraight(into: Uint8Array, range: Range): Promise<boolean> {
    const judged = judgeUrl(finalUrl, policy);
    const request = straightRequest(judged, { ...rangeHeaders(range), connection: 'keep-alive' });
    for (;;) {
      if (connection?.isOpen() !== true) connection = openConnection(judged, { connect, within, pace, signal });
      const outcome = await connection.ask({ request, into, accepts: (head) => isRange(head, range) });
      if (outcome !== 'stale') return outcome !== 'unlike';
    }
  }

  async function fillByHttp(into: Uint8Array, range: Range): Promise<void> {
    // Its connection is kept only if nothing but the answer has come.
    if (answered?.complete === false) answered.destroy();
    const request = { headers: rangeHeaders(range), agentFor: agents.agentFor, signal, within };
    const found = await followByHttp(url, request, surroundings);
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
