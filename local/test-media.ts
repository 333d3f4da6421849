// Serves the test song for `trackkeeper doctor` on this machine. In the stack the song is in the bucket, behind a
// presigned URL; the local bucket has a private address, which the archiver rightly rejects.
import http from 'node:http';
import { testSong } from '../client/test-song.ts';

/** `host`: as ALLOWED_PRIVATE_SOURCES expects it. `url`: the prefix of a seed and `.mp3`. */
export type TestMedia = { host: string; url: string; close(): Promise<void> };

const path = /^\/doctor\/([0-9a-f]{32})\.mp3$/;

export async function serveTestMedia(): Promise<TestMedia> {
  const server = http.createServer((request, response) => {
    // Ignore any body.
    request.resume();
    const [, seed] = path.exec(request.url ?? '') ?? [];
    if (seed === undefined || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    const song = testSong(seed);
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': song.length }).end(song);
  });
  await new Promise<void>((ready, failed) => server.once('error', failed).listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test media have no port');
  const host = `127.0.0.1:${address.port}`;
  return {
    host,
    url: `http://${host}/doctor/`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
