// A stand-in for sunoapi.org: takes requests for music over HTTP, reports by callbacks, and serves the files. Its
// requests and callbacks can be read, so that a demo or a test can check them.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { CallbackStage } from './callback-bodies.ts';
import {
  isOperation,
  type OperationPath,
  operations,
  recordInfo,
  recordInfoPath,
  type StartedTask,
} from './operations.ts';
import { type Delivery, postCallback } from './post-callback.ts';
import { type DemoPause, serveMedia } from './serve-media.ts';
import type { DemoMedia, DemoSong } from './song.ts';

export type ProviderRequest = { what: string; taskId: string; song: DemoSong | null };

export type ServedFile = { path: string; sentBytes: number; totalBytes: number };

export type ProviderOptions = {
  /** For each connection that fetches a file; 0 means no limit. */
  bytesPerSecond: number;
  /** 1 is the usual time between callbacks, 0 none. */
  pace: number;
  onAsked?: (asked: ProviderRequest) => void;
  onDelivery?: (delivery: Delivery) => void;
  onServed?: (served: ServedFile) => void;
};

export type DemoProvider = {
  url: string;
  /** `host:port`, as the setting for allowed private sources expects it. */
  host: string;
  media: ReadonlyMap<string, DemoMedia>;
  deliveries: readonly Delivery[];
  /** The paths of all requests for files, stream URLs included. */
  fetched: readonly string[];
  /** Sends a callback again, byte for byte, as after a lost response. */
  resend: (taskId: string, stage: CallbackStage) => Promise<void>;
  close: () => Promise<void>;
};

const order = z.looseObject({ callBackUrl: z.url() });

const maxOrderBytes = 64 * 1024;

export async function startDemoProvider(options: ProviderOptions): Promise<DemoProvider> {
  const { bytesPerSecond, pace, onAsked, onDelivery, onServed } = options;
  const media = new Map<string, DemoMedia>();
  const made = new Map<string, StartedTask>();
  const deliveries: Delivery[] = [];
  const fetched: string[] = [];
  const underway = new Set<Promise<void>>();
  const closing = new AbortController();
  const pause: DemoPause = (ms) => sleep(ms, undefined, { signal: closing.signal });
  const server = createServer((request, response) => {
    route(request, response).catch(() => response.destroy());
  });

  async function deliver(callback: Omit<Delivery, 'tries'>) {
    const betweenTries = () => pause(1000 * pace);
    const tries = await postCallback(callback.callBackUrl, callback.body, { betweenTries, signal: closing.signal });
    const delivery = { ...callback, tries };
    deliveries.push(delivery);
    onDelivery?.(delivery);
    return tries.some(({ status }) => status === 200);
  }

  function begin(path: OperationPath, callBackUrl: string): string {
    const taskId = randomBytes(16).toString('hex');
    const work = operations[path]({ taskId, base: url, createTime: Date.now() });
    for (const file of work.media) media.set(file.path, file);
    onAsked?.({ what: work.what, taskId, song: work.song });
    const story = (async () => {
      for (const { afterMs, stage, body } of work.steps) {
        await pause(afterMs * pace);
        const wasDelivered = await deliver({ callBackUrl, taskId, stage, body, isRepeat: false });
        const [file] = work.media;
        if (file?.kind === 'wav') made.set(taskId, { url: url + file.path, wasDelivered });
      }
    })().catch(() => {
      // Only closing the provider ends a task early.
    });
    underway.add(story);
    return taskId;
  }

  async function takeOrder(path: OperationPath, request: IncomingMessage, response: ServerResponse) {
    const asked = order.safeParse(await readJsonBody(request, { maxBytes: maxOrderBytes }));
    if (!asked.success) return answer(response, { code: 422, msg: 'Please enter callBackUrl', data: null });
    return answer(response, { code: 200, msg: 'success', data: { taskId: begin(path, asked.data.callBackUrl) } });
  }

  async function route(request: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    if (request.method === 'POST' && isOperation(pathname)) return takeOrder(pathname, request, response);
    if (request.method === 'GET' && pathname === recordInfoPath) {
      const { authorization } = request.headers;
      return answer(response, recordInfo({ authorization, taskId: searchParams.get('taskId') ?? '' }, made));
    }

    fetched.push(pathname);
    const file = media.get(pathname.replace(/^\/source/, ''));
    if (file !== undefined) {
      const totalBytes = file.bytes.length;
      const onSent = (sentBytes: number) => onServed?.({ path: file.path, sentBytes, totalBytes });
      return serveMedia(request, response, file, { bytesPerSecond, pause, onSent });
    }
    // The real stream URLs respond like this after some hours: status 200 and an empty body.
    return response.writeHead(isStream(pathname) ? 200 : 404, { 'Content-Length': 0 }).end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const host = `127.0.0.1:${port}`;
  const url = `http://${host}`;

  return {
    url,
    host,
    media,
    deliveries,
    fetched,
    resend: async (taskId, stage) => {
      const earlier = deliveries.find((delivery) => delivery.taskId === taskId && delivery.stage === stage);
      if (earlier === undefined) throw new Error(`no ${stage} callback of task ${taskId} was sent yet`);
      await deliver({ ...earlier, isRepeat: true });
    },
    close: async () => {
      closing.abort();
      await Promise.all(underway);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The body as JSON; undefined if it is not JSON or longer than `maxBytes`. */
async function readJsonBody(request: IncomingMessage, { maxBytes }: { maxBytes: number }): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += piece.length;
    if (length <= maxBytes) pieces.push(piece);
  }
  if (length > maxBytes) return undefined;
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    return undefined;
  }
}

const answer = (response: ServerResponse, body: { code: number; msg: string; data: unknown }) =>
  // The real provider responds with HTTP 200 to rejected requests too; `code` gives the result.
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

export function isStream(path: string): boolean {
  return path.startsWith('/stream/') || path.startsWith('/pipe/');
}
