// One authorised request to a provider's API, and its answer as JSON.
import { parseBody } from '../../domain/callback/body.ts';
import { retryAfterMs } from '../../domain/retry-after.ts';
import type { Clock } from '../../ports.ts';
import { createHttpClient, type HttpClientLimits, type HttpRequest, NoResponseError } from '../http-client.ts';

/** `input`: makes it a POST. */
type ProviderRequest = { key: string; url: URL; signal: AbortSignal; input?: object };
/** `body`: undefined where it is no JSON. */
export type ProviderResponse = { status: number; body: unknown; retryAfterMs: number | null };
/** @throws where there is no whole answer in time, in words that do not hold the key */
export type CallProvider = (call: ProviderRequest) => Promise<ProviderResponse>;

/** Redirects are not followed: nobody else is to see the key. */
export function createProviderCall(limits: HttpClientLimits, clock: Clock): CallProvider {
  const exchange = createHttpClient(limits);

  return async ({ key, url, signal, input }) => {
    const outgoing = { ...requestOf(key, input), url, signal };
    const answer = await exchange(outgoing).catch((error: unknown) => {
      // Between two questions a kept-alive connection grows old. To ask twice changes nothing here.
      if (error instanceof NoResponseError && error.isStale) return exchange(outgoing);
      throw error;
    });
    return {
      status: answer.status,
      body: parseBody(withoutKey(answer.body, key)),
      retryAfterMs: retryAfterMs(answer.headers['retry-after'], clock.now()),
    };
  };
}

function requestOf(key: string, input: object | undefined): Pick<HttpRequest, 'method' | 'headers' | 'body'> {
  const headers = {
    authorization: `Bearer ${key}`,
    accept: 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'Trackkeeper/1.0',
  };
  if (input === undefined) return { method: 'GET', headers, body: [] };
  const body = Buffer.from(JSON.stringify(input));
  const length = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return { method: 'POST', headers: { ...headers, ...length }, body: [body] };
}

/** Real keys have 32 characters; a word that is shorter than this would be found where it is none. */
const leastKeyLength = 16;

/** Some services repeat in their answer what they were sent, and its words end up in records and logs. */
function withoutKey(body: Buffer, key: string): Buffer {
  if (key.length < leastKeyLength || !body.includes(key)) return body;
  return Buffer.from(body.toString().replaceAll(key, '(the API key)'));
}
