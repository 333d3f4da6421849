// API Gateway on this machine: an HTTP server on 127.0.0.1 that invokes the receiver for each request.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { settledWithin } from '../lambda/function-environment.ts';
import type { LocalFunction } from '../lambda/local-function.ts';
import { apiEventOf } from './api-event.ts';

const maxIntegrationMs = 30_000;

export type ApiOptions = {
  port: number;
  target: LocalFunction;
  integrationTimeoutMs?: number;
};

export type LocalApi = {
  url: string;
  /** Accepts no more requests and waits for those in progress, at most this long. */
  close: (patienceMs: number) => Promise<void>;
};

// Converts a function's result into the HTTP response that API Gateway's HTTP API sends (payload format 2.0).

export type ApiResponse = { status: number; headers: Record<string, string | string[]>; body: Buffer };

/**
 * Lambda's limit for the payload of one invocation:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const maxEventBytes = 6 * 1024 * 1024;

const maxHeaderBytes = 10_240;

/** Slow clients are disconnected: headers must arrive within 10 s, the complete request within 30 s. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 };

export async function startApi({
  port,
  target,
  integrationTimeoutMs = maxIntegrationMs,
}: ApiOptions): Promise<LocalApi> {
  async function answer(request: IncomingMessage): Promise<ApiResponse> {
    const body = await bodyOf(request);
    if (body === undefined) return gatewayResponse(413, 'Request Entity Too Large');
    const event = apiEventOf({
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion: request.httpVersion,
      headers: request.headersDistinct,
      sourceIp: request.socket.remoteAddress ?? '',
      body,
      receivedAt: new Date(),
    });
    if (event === undefined) return gatewayResponse(404);
    if (Buffer.byteLength(JSON.stringify(event)) > maxEventBytes)
      return gatewayResponse(413, 'Request Entity Too Large');

    const answered = target.invoke(event).then(apiResponseOf, () => gatewayResponse(500, 'Internal Server Error'));
    return (await settledWithin(integrationTimeoutMs, answered)) ?? gatewayResponse(503, 'Service Unavailable');
  }

  const inProgress = new Set<Promise<void>>();
  const server = createServer({ maxHeaderSize: maxHeaderBytes, connectionsCheckingInterval: 1_000, ...timeouts });
  server.on('request', (request, response) => {
    const served = answer(request).then(
      (given) => send(response, given),
      // The client disconnected, or violated HTTP, before its request was complete.
      () => void response.destroy(),
    );
    inProgress.add(served);
    void served.finally(() => inProgress.delete(served));
  });

  return {
    url: await listen(server, port),
    async close(patienceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await settledWithin(patienceMs, Promise.all(inProgress));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html, seen November 2026 */
const maxBodyBytes = 10 * 1024 * 1024;

/**
 * Returns undefined if the body is over the cap. It is still read to its end, without keeping it, so that the client
 * gets the response.
 */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= maxBodyBytes ? Buffer.concat(chunks) : undefined;
}

/** The response that API Gateway sends by itself when no function handled the request. */
export const gatewayResponse = (status: number, message: string = STATUS_CODES[status] ?? ''): ApiResponse =>
  jsonAnswer(status, { message });

function jsonAnswer(status: number, value: unknown): ApiResponse {
  const body = typeof value === 'string' ? value : JSON.stringify(value);
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

export function apiResponseOf(result: unknown): ApiResponse {
  // A result without a status code is itself the body.
  if (!isObject(result) || result.statusCode === undefined) return jsonAnswer(200, result);

  const { statusCode, headers, cookies, body = '', isBase64Encoded } = result;
  const status = Number(statusCode);
  const isSendable = Number.isInteger(status) && status >= 200 && status <= 599 && typeof body === 'string';
  if (!isSendable) return gatewayResponse(500);
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

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const lowerCased = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));

async function send(response: ServerResponse, { status, headers, body }: ApiResponse): Promise<void> {
  response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
  await new Promise<void>((resolve) => response.once('close', resolve));
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const boundPort = typeof address === 'object' ? address?.port : undefined;
  return `http://127.0.0.1:${boundPort}`;
}
