// Starts the listening room: the library, the notifications of open pages, and the server.
import { randomBytes } from 'node:crypto';
import type { Target } from '../client/target.ts';
import { createChanges } from './changes.ts';
import { cacheFileFor, loadCache, saveCache } from './library/cache-file.ts';
import { createTaskLibrary } from './library/library.ts';
import { watch } from './library/watch.ts';
import { readPageFiles } from './page-files.ts';
import { createRoutes } from './routes.ts';
import { serve } from './serve.ts';

/** The cache is saved at most this often; for a library of ten thousand tasks it has 30 MB. */
const saveEveryMs = 60_000;

export type ListeningRoom = { url: string; close(): Promise<void> };
type RoomOptions = {
  target: Target;
  /** 0: any free port. */
  port: number;
  now(): Date;
  /** Resolves after `ms`, or early when the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  env: Readonly<Record<string, string | undefined>>;
  /** Explains an error of the target and what its owner can do. */
  adviceOn(error: unknown): string;
};

/** @throws if the port is in use */
export async function openRoom({ target, port, now, wait, env, adviceOn }: RoomOptions): Promise<ListeningRoom> {
  const closing = new AbortController();
  const { signal } = closing;
  const { bucket, place } = target;
  const cacheFile = cacheFileFor(place, env);
  const remembered = loadCache(cacheFile, place);
  const library = createTaskLibrary({ bucket, remembered, onChange: () => changes.publish(), now, signal });
  const changes = createChanges({ state: library.state, wait, signal });

  let saved = { revision: 0, at: 0 };
  async function save(): Promise<void> {
    const { revision } = library.state();
    if (revision === saved.revision || !library.isWhole()) return;
    saved = { revision, at: now().getTime() };
    await saveCache(cacheFile, place, library.entries());
  }
  const saveNowAndThen = async () => (now().getTime() - saved.at >= saveEveryMs ? await save() : undefined);

  const { isWatched } = changes;
  // Started before the server, because reading the bucket takes longer.
  const watching = watch({ library, isWatched, onLooked: saveNowAndThen, adviceOn, now, wait, signal });
  const room = { token: secret(), session: secret() };
  const server = await openServer().catch((error) => {
    closing.abort();
    throw error;
  });
  const telling = changes.keepAlive();

  async function openServer() {
    const routes = createRoutes({ target, library, changes, page: await readPageFiles(), now });
    return await serve({ port, room, routes, adviceOn });
  }

  return {
    url: `http://127.0.0.1:${server.port}/?token=${room.token}`,
    async close() {
      closing.abort();
      await server.close();
      await Promise.all([watching, telling]);
      await save();
    },
  };
}

/** 256 random bits. */
const secret = () => randomBytes(32).toString('base64url');
