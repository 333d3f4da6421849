// Notifies open pages of changes, by server-sent events.
import { Readable } from 'node:stream';
import { type RoomResponse, refusal } from './guard.ts';
import type { TaskState } from './page-api.ts';

/** A browser opens at most six connections to one server. */
const maxListeners = 16;
/** Changes within this time are sent as one event: while records are read, there are hundreds a second. */
const togetherMs = 500;
const heartbeatMs = 15_000;
/** A page with more unsent data than this no longer reads. */
const maxWaitingBytes = 64 * 1024;

export type Changes = ReturnType<typeof createChanges>;

type Deps = { state: () => TaskState; wait: (ms: number, signal?: AbortSignal) => Promise<void>; signal: AbortSignal };

export function createChanges({ state, wait, signal }: Deps) {
  const listeners = new Set<Readable>();
  let isTold = true;

  function send(text: string, to: Iterable<Readable> = listeners): void {
    for (const listener of to) {
      if (listener.readableLength > maxWaitingBytes) listener.destroy();
      else listener.push(text);
    }
  }
  const event = () => `data: ${JSON.stringify(state())}\n\n`;

  return {
    isWatched: () => listeners.size > 0,

    connect(): RoomResponse {
      if (listeners.size >= maxListeners) return refusal(503, 'Too many pages are open: close one.');
      const listener = new Readable({
        read() {},
        destroy(error, done) {
          listeners.delete(listener);
          done(error);
        },
      });
      listeners.add(listener);
      send(event(), [listener]);
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: listener };
    },

    /** Schedules an event. */
    publish(): void {
      if (!isTold) return;
      isTold = false;
      void wait(togetherMs, signal).then(() => {
        isTold = true;
        send(event());
      });
    },

    /**
     * Sends keep-alive comments until the signal aborts: they reveal pages that are gone, and show the others that
     * the server is alive.
     */
    async keepAlive(): Promise<void> {
      while (!signal.aborted) {
        await wait(heartbeatMs, signal);
        send(': still here\n\n');
      }
    },
  };
}
