import { once } from 'node:events';
import { createServer } from 'node:http';

type ReceivedCallback = { contentType: string | undefined; body: Buffer };

/** A callback URL that answers with the given statuses in turn, then 200, and keeps what it got. */
export async function startCallbackReceiver(statuses: readonly number[] = []) {
  const received: ReceivedCallback[] = [];
  const answers = [...statuses];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    received.push({ contentType: request.headers['content-type'], body: Buffer.concat(pieces) });
    response.writeHead(answers.shift() ?? 200).end('{"status":"received"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    received,
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/callbacks/token`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
