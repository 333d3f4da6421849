// Which answers are worth asking again for, and when.
import type { HttpAnswer } from '../http/answer.ts';
import { faultCode } from './fault-code.ts';

/** With statuses of 400 and more: the services are not of one mind which. `RequestTimeout` is S3's 400 for a stalled body. */
const passingCodes = /Throttl|SlowDown|RequestTimeout|TooManyRequests|RequestLimitExceeded|PriorRequestNotComplete/;

export function isPassing(answer: HttpAnswer): boolean {
  const { status } = answer;
  return status >= 500 || status === 429 || (status >= 400 && passingCodes.test(faultCode(answer) ?? ''));
}

const baseMs = 200;
const capMs = 5_000;

/** Full jitter: anything up to a bound that doubles, so that those who failed together do not come back together. */
export function retryDelayMs(attempt: number, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}

const skewCodes = /^(RequestTimeTooSkewed|RequestExpired|InvalidSignatureException|SignatureDoesNotMatch)$/;
/** Services take signatures that are up to 5 minutes off, S3 15. */
const harmlessSkewMs = 4 * 60_000;

/** What the service's clock says, where a signature of `at` was refused because of it. */
export function otherClock(answer: HttpAnswer, at: Date): number | undefined {
  if (answer.status < 400 || !skewCodes.test(faultCode(answer) ?? '')) return undefined;
  const theirs = Date.parse(answer.headers.date ?? '');
  return Math.abs(theirs - at.getTime()) > harmlessSkewMs ? theirs : undefined;
}
