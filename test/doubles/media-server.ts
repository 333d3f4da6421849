// A real server on this machine that misbehaves on purpose, by URL path: see misbehaviour.ts. It keeps a log, so that
// a test can also say what was never asked.
import { EventEmitter, once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { behaviours } from './misbehaviour.ts';
import { message, page, picture, riddle, song } from './sample-files.ts';

type Options = { tls?: { key: string; cert: string }; files?: Readonly<Record<string, Buffer>> };

const samples = {
  'song.mp3': song(),
  'page.mp3': page,
  'message.mp3': message,
  'picture.mp3': picture(),
  'riddle.mp3': riddle(),
};

export async function startMediaServer({ tls, files = samples }: Options = {}) {
  const requests: { path: string; headers: IncomingHttpHeaders; serverName: unknown }[] = [];
  const open = new Set<Socket>();
  const events = new EventEmitter();
  let connections = 0;

  const answer: http.RequestListener = (request, response) => {
    const path = request.url ?? '';
    const { socket, headers } = request;
    requests.push({ path, headers, serverName: 'servername' in socket && socket.servername });
    events.emit('request');
    const { pathname, searchParams: query } = new URL(path, 'http://any');
    const [, behaviour = '', argument = ''] = pathname.split('/').map(decodeURIComponent);
    const file = files[argument] ?? Buffer.alloc(0);
    response.setHeader('content-type', 'audio/mpeg');
    const behave = behaviours[behaviour];
    if (behave === undefined) response.writeHead(404).end();
    else behave({ request, response, file, argument, query });
  };
  const server = tls === undefined ? http.createServer(answer) : https.createServer(tls, answer);
  server.on('connection', (socket: Socket) => {
    connections++;
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      events.emit('close');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;

  return {
    port,
    origin,
    url: (path: string) => `${origin}${path}`,
    requests,
    paths: () => requests.map(({ path }) => path),
    /** How many connections ever reached it. */
    connections: () => connections,
    nextRequest: () => once(events, 'request'),
    /** Resolves when nobody holds a connection to it any more. */
    async allGone() {
      while (open.size > 0) await once(events, 'close');
    },
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
