// Calls in the JSON protocol of AWS: a POST to `/` whose `x-amz-target` names the operation.
import { UnavailableError } from '../../domain/errors.ts';
import { faultCode } from './fault-code.ts';
import type { SendToAws } from './sender.ts';

export type JsonService = {
  /** As signatures name it. */
  service: string;
  /** The part of `x-amz-target` before the dot. */
  target: string;
  version: '1.0' | '1.1';
  url: URL;
};

/** @throws UnavailableError where there was no answer, and where it is a refusal; the words of neither hold a secret */
export type CallJson = (operation: string, input: object, signal?: AbortSignal) => Promise<unknown>;

export function createJsonCall(send: SendToAws, { service, target, version, url }: JsonService): CallJson {
  return async (operation, input, signal) => {
    const answer = await send({
      service,
      method: 'POST',
      url,
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
      body: [Buffer.from(JSON.stringify(input))],
      payload: 'signed',
      signal,
    });
    if (answer.status === 200) return parseJson(answer.body);
    const fault = [answer.status, faultCode(answer), faultWords(parseJson(answer.body))];
    throw new UnavailableError(`${operation}: ${fault.filter((part) => part !== undefined).join(' ')}`);
  };
}

/** What follows the first line may repeat the whole request, with its session token. */
function faultWords(answer: unknown): string | undefined {
  const words = Object.entries(answer ?? {}).find(([name]) => /^message$/i.test(name))?.[1];
  return typeof words === 'string' ? words.split('\n', 1)[0]?.slice(0, 300) : undefined;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
