// An AWS service on this machine that answers what a test wants, and misbehaves on purpose. It keeps a log.
import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

type Asked = {
  request: IncomingMessage;
  response: ServerResponse;
  /** The body, which else stays where it is. */
  read: () => Promise<Buffer>;
  /** Which request of its connection it is; the first is 1. */
  ofConnection: number;
};
export type Behaviour = (asked: Asked) => unknown;

export const reply =
  (status: number, body: string | Buffer = '', headers: Record<string, string> = {}): Behaviour =>
  async ({ response, read }) => {
    await read();
    response.writeHead(status, headers).end(body);
  };
/** Answers at once, whatever is still to come. */
export const replyEarly =
  (status: number): Behaviour =>
  ({ response }) =>
    response.writeHead(status).end();
export const hang: Behaviour = () => {};
export const reset: Behaviour = ({ request }) => request.socket.resetAndDestroy();
export const cut: Behaviour = ({ response }) =>
  response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
/** An answer of which a byte comes again and again, and never the last. */
export const trickle: Behaviour = ({ response }) => {
  response.writeHead(200).flushHeaders();
  const timer = setInterval(() => response.write('.'), 5);
  response.once('close', () => clearInterval(timer));
};
export const switchProtocols: Behaviour = ({ request }) =>
  request.socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');

/** `body`: as far as it was read. */
type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer; isComplete: () => boolean };

type Options = {
  /** In the order of the requests; the last one is for all that follow. */
  behaviours: readonly Behaviour[];
  tls?: { key: Buffer; cert: Buffer };
};

export async function startAwsServer({ behaviours, tls }: Options) {
  const requests: Received[] = [];
  const perConnection = new Map<Socket, number>();
  let connections = 0;

  const answer: http.RequestListener = (request, response) => {
    const ofConnection = (perConnection.get(request.socket) ?? 0) + 1;
    perConnection.set(request.socket, ofConnection);
    const { method = '', url: path = '', headers } = request;
    const received: Received = { method, path, headers, body: Buffer.alloc(0), isComplete: () => request.complete };
    requests.push(received);
    const read = async () => {
      received.body = await buffer(request);
      return received.body;
    };
    behaviours[Math.min(requests.length, behaviours.length) - 1]?.({ request, response, read, ofConnection });
  };
  const server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
  server.on('connection', () => {
    connections++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    /** How many connections ever reached it. */
    connections: () => connections,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
