// Converts a function's result into the HTTP response that API Gateway's HTTP API sends (payload format 2.0).

import { STATUS_CODES } from 'node:http';

export type ApiAnswer = { status: number; headers: Record<string, string | string[]>; body: Buffer };

/** The response that API Gateway sends by itself when no function handled the request. */
export const gatewayAnswer = (status: number, message: string = STATUS_CODES[status] ?? ''): ApiAnswer =>
  jsonAnswer(status, { message });

export function apiAnswerOf(result: unknown): ApiAnswer {
  // A result without a status code is itself the body.
  if (!isObject(result) || result.statusCode === undefined) return jsonAnswer(200, result);

  const { statusCode, headers, cookies, body = '', isBase64Encoded } = result;
  const status = Number(statusCode);
  const isSendable = Number.isInteger(status) && status >= 200 && status <= 599 && typeof body === 'string';
  if (!isSendable) return gatewayAnswer(500);
  return {
    status,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...(isObject(headers) ? lowerCased(headers) : {}),
      ...(Array.isArray(cookies) && { 'set-cookie': cookies.map(String) }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function jsonAnswer(status: number, value: unknown): ApiAnswer {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const lowerCased = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
