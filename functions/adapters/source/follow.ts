import { TransferError } from '../../domain/errors.ts';
import { type JudgedUrl, judgeUrl } from '../../domain/source-url.ts';
import { outOfTime } from './failures.ts';
import type { Answer } from './opening.ts';
import type { Surroundings } from './surroundings.ts';

/** RFC 9110, 15.4; all others that carry a Location do not ask to be followed. */
const redirects = [301, 302, 303, 307, 308];

/** However it was asked for; `drop` lets go of what it holds. */
export type Droppable = Answer & { drop(): void };

/** Asks and follows redirects, each judged anew. @returns the last answer, whatever it is, and the URL it came from */
export async function follow<A extends Droppable>(
  url: string,
  { policy, within }: Surroundings,
  signal: AbortSignal,
  ask: (judged: JudgedUrl) => Promise<A>,
): Promise<{ answer: A; url: string }> {
  let next = url;
  for (let steps = 0; steps <= within.redirects; steps++) {
    if (signal.aborted) throw outOfTime();
    const judged = judgeUrl(next, policy);
    const answer = await ask(judged);
    const { location } = answer.headers;
    if (!redirects.includes(answer.statusCode ?? 0) || location === undefined) return { answer, url: next };
    answer.drop();
    next = URL.parse(location, judged.url.href)?.href ?? location;
  }
  throw new TransferError('too_many_redirects', `more than ${within.redirects} redirects`);
}
