import type { OpenedSource, OpenOptions } from '../../ports.ts';
import { type AnswerHead, plainLength } from './answer-head.ts';
import { type Connection, openConnection } from './connection.ts';
import { follow } from './follow.ts';
import { judgeOpening, type Opening, type OpeningQuestion } from './opening.ts';
import { createPace } from './pace.ts';
import { straightRequest } from './straight-request.ts';
import type { Surroundings } from './surroundings.ts';

/** Opens by a connection of our own. @returns what to ask of node:http, where that was of no use */
export async function openStraight(
  url: string,
  question: OpeningQuestion,
  { signal, maxBytes }: OpenOptions,
  surroundings: Surroundings,
): Promise<OpenedSource | OpeningQuestion> {
  const { within, connect } = surroundings;
  const headers = { ...question.headers, connection: 'close' };
  const { answer } = await follow(url, surroundings, signal, async (judged) => {
    const connection = openConnection(judged, { connect, within, signal, pace: createPace(within) });
    const outcome = await connection.ask({ request: straightRequest(judged, headers), accepts: isReadable });
    const isUnlike = outcome === 'unlike' || outcome === 'stale';
    return { isUnlike, connection, drop: connection.close, ...(isUnlike ? { headers: {} } : outcome) };
  });
  try {
    const outcome = answer.isUnlike ? question : judgeOpening(answer, question, maxBytes);
    if ('totalBytes' in outcome) return opened(answer.connection, outcome);
    answer.drop();
    return outcome;
  } catch (error) {
    answer.drop();
    throw error;
  }
}

/** Of redirects and errors nobody reads the body. */
function isReadable(head: AnswerHead): boolean {
  return (head.statusCode !== 200 && head.statusCode !== 206) || plainLength(head) !== null;
}

function opened(connection: Connection, { totalBytes, version, promisedBytes }: Opening): OpenedSource {
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
