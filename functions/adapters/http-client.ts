// A small HTTP client: one request and its complete response over a kept-alive connection, with a limit on every
// wait.

import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { UnavailableError } from '../domain/errors.ts';
import { limits } from '../domain/limits.ts';

type HttpResponse = { status: number; headers: IncomingHttpHeaders; body: Buffer };

/** @throws if the response is larger than allowed, or cut */
async function readResponse(
  response: IncomingMessage,
  { maxBytes, onChunk }: { maxBytes: number; onChunk: () => void },
): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    onChunk();
    bytes += chunk.length;
    if (bytes > maxBytes) throw new ResponseTooLargeError(`an answer of over ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

class ResponseTooLargeError extends Error {
  override name = 'AnswerTooLargeError';
}

// A body is sent in slices: cheaper than one large write, and with less memory (docs/performance.md).

const sliceBytes = 256 * 1024;

/** Ends the request. `onSlice` is called each time the connection accepts more. */
export function writeBody(request: ClientRequest, body: readonly Uint8Array[], onSlice: () => void): void {
  const slices = slicesOf(body);
  let slice = slices.next();
  const more = () => {
    onSlice();
    while (!slice.done) {
      const next = slices.next();
      // The last slice ends the request: no `drain` would follow it.
      if (next.done) break;
      const takesMore = request.write(slice.value);
      slice = next;
      if (!takesMore) return void request.once('drain', more);
    }
    request.end(slice.value);
  };
  more();
}

function* slicesOf(body: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  for (const piece of body) {
    for (let at = 0; at < piece.length; at += sliceBytes) yield piece.subarray(at, at + sliceBytes);
  }
}

export type HttpRequest = {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: readonly Uint8Array[];
  signal?: AbortSignal | undefined;
};

export type HttpClientLimits = ProgressLimits & {
  /** The maximum size of a response body. */
  answerBytes: number;
};

/** There is no complete response; the request may have been processed all the same. */
export class NoResponseError extends UnavailableError {
  override name = 'NoAnswerError';
  /** A kept-alive connection turned out to be closed: nothing is wrong with the service. */
  readonly isStale: boolean;

  constructor(detail: string, { isStale = false, cause }: { isStale?: boolean; cause?: unknown } = {}) {
    super(detail, { cause });
    this.isStale = isStale;
  }
}

/** @throws NoResponseError, ResponseTooLargeError, or the signal's reason */
export type SendHttpRequest = (outgoing: HttpRequest) => Promise<HttpResponse>;

/** All requests of a client share their connections. */
export function createHttpClient(within: HttpClientLimits): SendHttpRequest {
  const options = { keepAlive: true, autoSelectFamilyAttemptTimeout: limits.addressAttemptMs };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };

  return async ({ method, url, headers, body, signal }) => {
    signal?.throwIfAborted();
    const request =
      url.protocol === 'https:'
        ? https.request(url, { method, headers, agent: agents.https })
        : http.request(url, { method, headers, agent: agents.http });
    const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
    const stop = (error: unknown) => {
      reject(error);
      request.destroy();
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    let isAnswered = false;
    const watch = watchProgress(request, within, (what) => stop(new NoResponseError(`${url.host}: ${what}`)));

    request.once('response', (response) => {
      isAnswered = true;
      readResponse(response, { maxBytes: within.answerBytes, onChunk: watch.progress }).then(
        (answer) => {
          resolve(answer);
          // A response before the end of the request is a rejection: the rest is not read. Deliberately not
          // `writableFinished`: the response may arrive before Node has noticed that the last bytes were sent.
          if (!request.writableEnded) request.destroy();
        },
        (cause) =>
          stop(cause instanceof ResponseTooLargeError ? cause : new NoResponseError(`${url.host}: cut`, { cause })),
      );
    });
    request.on('error', (cause) => {
      const isStale = isReset(cause) && request.reusedSocket && !isAnswered;
      if (isStale) closeIdleConnections(agents);
      reject(new NoResponseError(`${url.host}: ${cause.message}`, { isStale, cause }));
    });
    // Node closes some connections without an error, after an unwanted protocol upgrade, for example.
    request.once('close', () => {
      if (!isAnswered) reject(new NoResponseError(`${url.host}: ended without an answer`));
    });
    writeBody(request, body, watch.progress);
    try {
      return await promise;
    } finally {
      watch.end();
      signal?.removeEventListener('abort', onAbort);
    }
  };
}

export function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/**
 * Closes the kept-alive connections that no request uses. After a freeze of this process all of them may be closed at
 * the other end: the first that turns out to be so is taken as a sign for all, so that one retry is enough.
 */
export function closeIdleConnections(agents: Readonly<Record<string, http.Agent>>): void {
  for (const { freeSockets } of Object.values(agents)) {
    for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
  }
}

export type ProgressLimits = {
  /** From the DNS lookup to the end of the TLS handshake. */
  connectMs: number;
  /** While no byte moves in either direction, once connected. */
  idleMs: number;
  /** From the start to the response's last byte. */
  totalMs: number;
};

/** Calls `onLate` once, with the limit that the request exceeded. */
export function watchProgress(
  request: ClientRequest,
  { connectMs, idleMs, totalMs }: ProgressLimits,
  onLate: (what: string) => void,
): { progress: () => void; end: () => void } {
  const total = setTimeout(onLate, totalMs, `no complete response within ${totalMs} ms`);
  let phase = setTimeout(onLate, connectMs, `no connection within ${connectMs} ms`);
  let hasEnded = false;
  const onConnected = () => {
    if (hasEnded) return;
    clearTimeout(phase);
    phase = setTimeout(onLate, idleMs, `nothing arrived for ${idleMs} ms`);
  };
  request.once('socket', (socket) => {
    if (request.reusedSocket) onConnected();
    else socket.once(request.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
  });
  return {
    progress() {
      if (!hasEnded) phase.refresh();
    },
    end() {
      hasEnded = true;
      clearTimeout(total);
      clearTimeout(phase);
    },
  };
}
