// A real server on this machine that misbehaves on purpose, by URL path: see misbehaviour.ts. It keeps a log, so that
// a test can also say what was never asked.
import { EventEmitter, once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createPace, type Pace } from '../../bench/servers/pace.ts';
import { behaviourFor } from './misbehaviour.ts';
import { message, page, picture, song, unrecognizedFile } from './sample-files.ts';
import { generatedFile, heldFile } from './served-file.ts';

type Options = {
  tls?: { key: string; cert: string };
  /** By name; besides those there is `generated-<bytes>.wav`, see served-file.ts. */
  files?: Readonly<Record<string, Buffer>>;
};
type SeenRequest = {
  path: string;
  headers: IncomingHttpHeaders;
  serverName: unknown;
  /** Counted from 1. */
  connection: number;
};

const samples = {
  'song.mp3': song(),
  'page.mp3': page,
  'message.mp3': message,
  'picture.mp3': picture(),
  'unrecognized.mp3': unrecognizedFile(),
};

export async function startMediaServer({ tls, files = samples }: Options = {}) {
  const requests: SeenRequest[] = [];
  const asked = new Map<string, number>();
  const open = new Set<Socket>();
  /** By the port they came from: over TLS, requests come from another socket than the connection. */
  const numbers = new Map<number | undefined, number>();
  const paces = new WeakMap<object, Pace>();
  const events = new EventEmitter();
  let connections = 0;
  let receivedBytes = 0;
  let bodyBytes = 0;

  const answer: http.RequestListener = (request, response) => {
    const path = request.url ?? '';
    const { socket, headers } = request;
    const serverName = 'servername' in socket && socket.servername;
    requests.push({ path, headers, serverName, connection: numbers.get(socket.remotePort) ?? 0 });
    events.emit('request');
    const { pathname, searchParams: query } = new URL(path, 'http://any');
    const nth = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, nth);
    const [, name = '', fileName = ''] = pathname.split('/').map(decodeURIComponent);
    const file = generatedFile(fileName) ?? heldFile(files[fileName] ?? Buffer.alloc(0));
    const pace = paceOf(socket, query.get('bytesPerSecond'));
    const sending = (bytes: number) => {
      bodyBytes += bytes;
      // Less than a timer can measure is made up for by the next one.
      const waitMs = pace?.wait(bytes) ?? 0;
      return waitMs >= 1 ? setTimeout(waitMs) : undefined;
    };
    const behave = behaviourFor(name, query, nth);
    if (behave === undefined) response.writeHead(404).end();
    // Anyone who asked may hang up at any time.
    else Promise.resolve(behave({ request, response, file, query, nth, sending })).catch(() => response.destroy());
  };

  function paceOf(socket: Socket, bytesPerSecond: string | null): Pace | undefined {
    if (bytesPerSecond === null) return undefined;
    const pace = paces.get(socket) ?? createPace(Number(bytesPerSecond), () => performance.now());
    paces.set(socket, pace);
    pace.begin();
    return pace;
  }

  const server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
  server.on('connection', (socket: Socket) => {
    connections++;
    numbers.set(socket.remotePort, connections);
    open.add(socket);
    socket.once('close', () => {
      receivedBytes += socket.bytesRead;
      open.delete(socket);
      events.emit('close');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;

  return {
    port,
    origin,
    url: (path: string) => `${origin}${path}`,
    requests,
    paths: () => requests.map(({ path }) => path),
    ranges: () => requests.map(({ headers }) => headers.range),
    /** How many connections ever reached it. */
    connections: () => connections,
    /** By all connections that have ended: also what is no request, such as a greeting of TLS. */
    receivedBytes: () => receivedBytes,
    /** Of all bodies, handed to the connections. */
    bodyBytes: () => bodyBytes,
    nextRequest: () => once(events, 'request'),
    /** Resolves when no one holds a connection to it any more. */
    async allGone() {
      while (open.size > 0) await once(events, 'close');
    },
    /** Ends all connections, as a host does that is restarted. */
    endAll() {
      for (const socket of open) socket.end();
    },
    resetAll() {
      for (const socket of open) socket.resetAndDestroy();
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
