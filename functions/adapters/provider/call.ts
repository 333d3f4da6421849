// Sends one authorised request to a provider's API and parses its response as JSON.
import { parseBody } from '../../domain/callback/body.ts';
import { retryAfterMs } from '../../domain/retry-after.ts';
import type { Clock } from '../../ports.ts';
import { createHttpClient, type HttpClientLimits, type HttpRequest, NoResponseError } from '../http-client.ts';

/** `input`: makes it a POST. */
type ProviderRequest = { key: string; url: URL; signal: AbortSignal; input?: object };
/** `body`: undefined if it is not JSON. */
export type ProviderResponse = { status: number; body: unknown; retryAfterMs: number | null };
/** @throws if there is no complete response in time, with a message without the key */
export type CallProvider = (call: ProviderRequest) => Promise<ProviderResponse>;

/** Redirects are not followed: the key must not be sent to another host. */
export function createProviderCall(limits: HttpClientLimits, clock: Clock): CallProvider {
  const sendRequest = createHttpClient(limits);

  return async ({ key, url, signal, input }) => {
    const outgoing = { ...requestOf(key, input), url, signal };
    const answer = await sendRequest(outgoing).catch((error: unknown) => {
      // A kept-alive connection may expire between two polls. Repeating a poll changes nothing.
      if (error instanceof NoResponseError && error.isStale) return sendRequest(outgoing);
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

/** Real keys have 32 characters; a shorter text could match by chance. */
const leastKeyLength = 16;

/** Some services repeat the request in their response, which ends up in records and logs. */
function withoutKey(body: Buffer, key: string): Buffer {
  if (key.length < leastKeyLength || !body.includes(key)) return body;
  return Buffer.from(body.toString().replaceAll(key, '(the API key)'));
}
