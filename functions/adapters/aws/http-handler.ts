// The HTTP handler of the SDK's clients. The SDK serialises, signs, retries and parses as usual; only sending one
// request is ours, for three reasons. A media body is sent from the buffers into which it was received, in slices,
// instead of being joined and copied first. Every response is read here, with a limit on its size. And a connection
// is closed as soon as no byte moves, however large the body is. Figures: docs/decisions/0032.
import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { limits } from '../../domain/limits.ts';
import { closeIdleConnections, isReset } from '../http-client.ts';

export type HttpLimits = {
  /** From the DNS lookup to the end of the TLS handshake. */
  connectMs: number;
  /** While no byte moves in either direction. */
  idleMs: number;
};

/** Options of one call, which the SDK passes from `client.send(command, options)` to the handler. */
export type HttpOptions = {
  abortSignal?: AbortSignal;
  /** The body, if it is not in the command. It must not change before the response. */
  pieces?: readonly Uint8Array[];
};

/** The part of the SDK's HttpRequest that is used here. */
type SdkRequest = {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Readonly<Record<string, string | string[] | null>>;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
};

/** A record has some kilobytes; a page of 1,000 keys of 1,024 bytes, each written as `&#x1;`, has 6 MB. */
const maxAnswerBytes = 8 * 1024 ** 2;
/** Cheaper than one large write, and with less memory: docs/performance.md. */
const sliceBytes = 256 * 1024;

export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
}

export function createHttpHandler(within: HttpLimits) {
  const options = { keepAlive: true, autoSelectFamilyAttemptTimeout: limits.addressAttemptMs };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };

  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest, { abortSignal, pieces }: HttpOptions = {}) {
      abortSignal?.throwIfAborted();
      const { method, headers, hostname, port, body = '' } = request;
      const to = { method, headers, hostname: hostname.replace(/^\[|\]$/g, ''), port, path: pathOf(request) };
      const outgoing =
        request.protocol === 'https:'
          ? https.request({ ...to, agent: agents.https })
          : http.request({ ...to, agent: agents.http });
      const onAbort = () => outgoing.destroy(new Error('Request aborted'));
      abortSignal?.addEventListener('abort', onAbort);
      const stopWatching = watch(outgoing, within);
      try {
        const response = await send(outgoing, pieces ?? [typeof body === 'string' ? Buffer.from(body) : body]);
        const answer = await readAnswer(response);
        // The service responded before it had the complete body: it rejects the rest.
        if (!outgoing.writableEnded) outgoing.destroy();
        return { response: { ...answer, body: Readable.from([answer.body]) } };
      } catch (error) {
        outgoing.destroy();
        if (outgoing.reusedSocket && isReset(error)) closeIdleConnections(agents);
        throw withoutAnswer(error);
      } finally {
        stopWatching();
        abortSignal?.removeEventListener('abort', onAbort);
      }
    },
    destroy() {
      agents.http.destroy();
      agents.https.destroy();
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  };
}

/** Keys and values are encoded as the signature expects them: everything but `A-Z a-z 0-9 - . _ ~`. */
function pathOf({ path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => (value === null ? encode(name) : `${encode(name)}=${encode(value)}`)),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Destroys a request that cannot connect or makes no progress. Returns a function that stops the watch. */
function watch(outgoing: http.ClientRequest, { connectMs, idleMs }: HttpLimits): () => void {
  const connecting = setTimeout(() => {
    outgoing.destroy(new Error(`no connection within ${connectMs} ms`));
  }, connectMs);
  outgoing.once('socket', (socket) => {
    const event = outgoing.protocol === 'https:' ? 'secureConnect' : 'connect';
    if (outgoing.reusedSocket) clearTimeout(connecting);
    else socket.once(event, () => clearTimeout(connecting));
  });
  outgoing.setTimeout(idleMs, () => outgoing.destroy(new Error(`no byte moved for ${idleMs} ms`)));
  return () => clearTimeout(connecting);
}

function send(outgoing: http.ClientRequest, pieces: readonly Uint8Array[]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
    // Node closes some connections without an error, after an unwanted protocol upgrade, for example.
    outgoing.on('close', () => reject(new Error('closed without an answer')));
    const slices = slicesOf(pieces);
    const writeMore = () => {
      for (const slice of slices) {
        if (!outgoing.write(slice)) return void outgoing.once('drain', writeMore);
      }
      outgoing.end();
    };
    writeMore();
  });
}

/** Its own iterator, so that a loop over it can stop and continue. */
function slicesOf(pieces: readonly Uint8Array[]): Iterable<Uint8Array> {
  const slices = (function* () {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; at += sliceBytes) yield piece.subarray(at, at + sliceBytes);
    }
  })();
  return { [Symbol.iterator]: () => ({ next: () => slices.next() }) };
}

/** @throws BodyTooLargeError, or Node's error if the response is cut */
async function readAnswer(response: IncomingMessage) {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new BodyTooLargeError(`a body of over ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return { statusCode: response.statusCode ?? 0, headers: textHeaders(response.headers), body: Buffer.concat(chunks) };
}

function textHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value = '']) => [name, String(value)]));
}

/** The SDK retries after an error with this name. A body that is too large would be too large again. */
function withoutAnswer(error: unknown): unknown {
  if (error instanceof Error && !(error instanceof BodyTooLargeError)) error.name = 'TimeoutError';
  return error;
}
