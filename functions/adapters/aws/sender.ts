// Signed requests to AWS without its SDK's clients, which cost a cold start more than all of our own code.
import type { Clock, Pause } from '../../ports.ts';
import type { HttpAnswer } from '../http/answer.ts';
import { createExchange, type ExchangeLimits, NoAnswerError } from '../http/exchange.ts';
import { pause } from '../pause.ts';
import type { AwsEnvironment } from './environment.ts';
import { isPassing, otherClock, retryDelayMs } from './retry.ts';
import { createSigner, type Unsigned } from './sign.ts';

export type AwsRequest = Unsigned & { signal?: AbortSignal };

/**
 * Resolves with whatever the service answers in the end, refusals included.
 * @throws NoAnswerError where none came, or what the signal was aborted with. A request that changes something may have
 *   been carried out then, and also when an answer came: an earlier attempt's answer may have been lost.
 */
export type SendToAws = (request: AwsRequest) => Promise<HttpAnswer>;

export type AwsSenderOptions = {
  environment: AwsEnvironment;
  limits: ExchangeLimits;
  /** In all; 1 is none after the first. */
  attempts: number;
  clock?: Clock;
  random?: () => number;
  wait?: Pause;
};

const never = new AbortController().signal;
const systemClock: Clock = { now: () => new Date() };

export function createAwsSender(options: AwsSenderOptions): SendToAws {
  const { environment, limits, attempts, clock = systemClock, random = Math.random, wait = pause } = options;
  const sign = createSigner(environment);
  const exchange = createExchange(limits);
  /** How far the services' clocks are ahead of ours; 0 until one of them complains. */
  let aheadMs = 0;

  const attempt = async (request: AwsRequest, at: Date) => {
    const outgoing = { ...request, headers: await sign(request, at) };
    return exchange(outgoing).catch((error: unknown) => {
      if (error instanceof NoAnswerError && error.isStale) return exchange(outgoing);
      throw error;
    });
  };

  return async (request) => {
    for (let made = 1; ; made++) {
      const isLast = made >= attempts;
      const at = new Date(clock.now().getTime() + aheadMs);
      try {
        const answer = await attempt(request, at);
        const theirs = otherClock(answer, at);
        if (theirs !== undefined) aheadMs = theirs - clock.now().getTime();
        if (isLast || (theirs === undefined && !isPassing(answer))) return answer;
      } catch (error) {
        if (isLast || !(error instanceof NoAnswerError)) throw error;
      }
      await wait(retryDelayMs(made, random), request.signal ?? never);
    }
  };
}
