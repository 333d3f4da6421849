import type { OpenedSource, OpenOptions } from '../../ports.ts';
import { oneTimeAgents } from './agents.ts';
import { followByHttp } from './follow-by-http.ts';
import { judgeOpening, type OpeningQuestion } from './opening.ts';
import { createPace } from './pace.ts';
import { readBody } from './read-body.ts';
import type { Surroundings } from './surroundings.ts';

/** Opens by node:http, which reads every answer; asks again where the first one was no good. */
export async function openByHttp(
  url: string,
  first: OpeningQuestion,
  { signal, maxBytes }: OpenOptions,
  surroundings: Surroundings,
): Promise<OpenedSource> {
  const { within, connect } = surroundings;
  const agentFor = oneTimeAgents(connect);
  for (let question = first; ; ) {
    const { response } = await followByHttp(url, { headers: question.headers, signal, agentFor, within }, surroundings);
    try {
      const outcome = judgeOpening(response, question, maxBytes);
      if ('totalBytes' in outcome) {
        const { totalBytes, version, promisedBytes } = outcome;
        const body = readBody(response, { promisedBytes, maxBytes, signal, pace: createPace(within) });
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
