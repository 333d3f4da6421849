// The HTTP server of the listening room, on the loopback address. The guard checks every request first.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type AccessVerdict,
  authorize,
  type GuardedRequest,
  type RoomResponse,
  type RoomSecrets,
  refusal,
  securityHeaders,
} from './guard.ts';
import type { Route } from './routes.ts';

/**
 * Enough for some tabs of one user. A connection that is idle for `idleMs` is closed; a paused player reconnects with
 * a range.
 */
const limits = { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 10_000 };
const maxConnections = 64;
const idleMs = 120_000;

type Serving = {
  /** 0: any free port. */
  port: number;
  room: Omit<RoomSecrets, 'port'>;
  routes: readonly Route[];
  adviceOn: (error: unknown) => string;
};

/** @throws if the port is in use */
export async function serve({ port, room, routes, adviceOn }: Serving) {
  const server = createServer(limits);
  server.maxConnections = maxConnections;
  server.setTimeout(idleMs);
  const bound = await listen(server, port);

  server.on('request', (request, response) => {
    const asked = { method: request.method ?? '', url: request.url ?? '', headers: flatHeaders(request) };
    const verdict = authorize(asked, { ...room, port: bound });
    // Drain the request body so that the connection can be reused.
    request.resume();
    void answer(verdict, asked, response);
  });

  async function answer(verdict: AccessVerdict, asked: GuardedRequest, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.once('close', () => left.abort());
    try {
      const found = await findAnswer(verdict, asked, left.signal).catch((error) => refusal(502, adviceOn(error)));
      await send(response, found, asked.method);
    } catch {
      // The browser disconnected during the response.
      response.destroy();
    }
  }

  async function findAnswer(
    verdict: AccessVerdict,
    { method, headers }: GuardedRequest,
    signal: AbortSignal,
  ): Promise<RoomResponse> {
    if (verdict.verdict === 'refused') return inPlainWords(verdict.status, verdict.reason);
    // Redirects to the URL without the token, so that the token is not kept in the browser's history.
    if (verdict.verdict === 'signed-in')
      return { status: 303, headers: { 'set-cookie': verdict.cookie, location: '/' } };
    for (const route of routes) {
      const match = route.path.exec(verdict.path);
      if (match === null || route.method !== (method === 'HEAD' ? 'GET' : method)) continue;
      const name = decoded(match[1] ?? '');
      if (name === undefined) return refusal(400, 'The path is not percent-encoded UTF-8.');
      return await route.answer({ name, query: verdict.query, headers, signal });
    }
    return refusal(404, 'There is nothing here.');
  }

  return {
    port: bound,
    async close(): Promise<void> {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Plain text cannot execute anything. The connection is closed. */
function inPlainWords(status: number, reason: string): RoomResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', connection: 'close' };
  return { status, headers, body: `${reason}\n` };
}

async function send(response: ServerResponse, { status, headers, body }: RoomResponse, method: string): Promise<void> {
  const isStream = body instanceof Readable;
  const length = body === undefined || isStream ? {} : { 'content-length': Buffer.byteLength(body) };
  try {
    response.writeHead(status, { ...securityHeaders, ...length, ...headers });
    if (!isStream || method === 'HEAD') {
      response.end(isStream ? undefined : body);
      return;
    }
    // The body may take a while to start, so send the headers at once.
    response.flushHeaders();
    await pipeline(body, response);
  } finally {
    // Also stops reading from the bucket if the browser disconnected before the response started.
    if (isStream) body.destroy();
  }
}

function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]));
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', done));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
