import type { IncomingMessage } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { follow } from './follow.ts';
import { type RequestOptions, request } from './request.ts';
import type { Surroundings } from './surroundings.ts';

/** Asks by node:http, which reads every answer. @returns the response whose head was read, and the URL it came from */
export async function followByHttp(
  url: string,
  options: RequestOptions,
  surroundings: Surroundings,
): Promise<{ response: IncomingMessage; url: string }> {
  const found = await follow(url, surroundings, options.signal, async (judged) => {
    const first = await request(judged, options);
    const response = first === 'stale' ? await request(judged, options) : first;
    if (response === 'stale') throw new TransferError('connect_failed', `${judged.url.host} keeps no connection`);
    const { statusCode, headers } = response;
    return { response, statusCode, headers, drop: () => response.destroy() };
  });
  return { response: found.answer.response, url: found.url };
}
