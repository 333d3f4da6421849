// Starts a server in a process of its own and talks to it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';

const tally = z.object({
  cpuMs: z.number(),
  connections: z.number(),
  stored: z.array(z.object({ key: z.string(), bytes: z.number(), crc32: z.string().optional() })).default([]),
  openUploads: z.number().default(0),
  acknowledged: z.number().default(0),
});
export type Tally = z.infer<typeof tally>;

export type ServerProcess = {
  /** `host:port`; an IP address, so that no name is resolved. */
  host: string;
  /** What the server did since the last call. */
  tally: () => Promise<Tally>;
  close: () => void;
};

/** A server starts within half a second; one that is silent this long has failed. */
const answerMs = 20_000;

export async function startServer(
  name: 'source' | 'sink' | 'services',
  args: readonly string[] = [],
): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, `${name}-main.ts`), args, { execArgv: [] });
  const ended = once(child, 'close').then(([code]) => Promise.reject(new Error(`The ${name} ended with ${code}.`)));
  // The waiting call reports the failure.
  ended.catch(() => {});
  const answer = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(child, 'message', { signal: AbortSignal.timeout(answerMs) }), ended]);
    return message;
  };
  const { port } = z.object({ port: z.number() }).parse(await answer());
  return {
    host: `127.0.0.1:${port}`,
    async tally() {
      const answered = answer();
      child.send('tally');
      return tally.parse(await answered);
    },
    close() {
      if (child.connected) child.disconnect();
    },
  };
}
