// The common part of the bench's server processes: a server listens, reports its port to its parent, returns its
// tally on request, and ends when the parent is gone.
import type { Server } from 'node:https';

export function serveParent(server: Server, tally: () => object): void {
  let connections = 0;
  let usedBefore = process.cpuUsage();
  server.on('secureConnection', () => {
    connections += 1;
  });
  // Longer than any pause of a client, so that no connection is closed while a request is sent.
  server.keepAliveTimeout = 60_000;
  // One PUT of a large file under a CPU limit may take longer than Node's five minutes.
  server.requestTimeout = 0;

  process.on('message', () => {
    const { user, system } = process.cpuUsage(usedBefore);
    usedBefore = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000, connections, ...tally() });
    connections = 0;
  });
  process.once('disconnect', () => process.exit());

  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
  });
}
