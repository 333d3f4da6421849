// One request and its whole answer over a kept-alive connection, with an end to every wait.
import http from 'node:http';
import https from 'node:https';
import { UnavailableError } from '../../domain/errors.ts';
import { AnswerTooLargeError, type HttpAnswer, readAnswer } from './answer.ts';
import { type ProgressLimits, watchProgress } from './watch-progress.ts';
import { writeBody } from './write-body.ts';

export type Outgoing = {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: readonly Uint8Array[];
  signal?: AbortSignal | undefined;
};

export type ExchangeLimits = ProgressLimits & {
  /** Of an answer's body. */
  answerBytes: number;
};

/** There is no whole answer; the request may have been carried out all the same. */
export class NoAnswerError extends UnavailableError {
  override name = 'NoAnswerError';
  /** A kept-alive connection turned out to be closed: nothing is wrong with the service. */
  readonly isStale: boolean;

  constructor(detail: string, { isStale = false, cause }: { isStale?: boolean; cause?: unknown } = {}) {
    super(detail, { cause });
    this.isStale = isStale;
  }
}

/** @throws NoAnswerError, AnswerTooLargeError, or what the signal was aborted with */
export type Exchange = (outgoing: Outgoing) => Promise<HttpAnswer>;

/** All of its exchanges share their connections. */
export function createExchange(limits: ExchangeLimits): Exchange {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };

  return async ({ method, url, headers, body, signal }) => {
    signal?.throwIfAborted();
    const request =
      url.protocol === 'https:'
        ? https.request(url, { method, headers, agent: agents.https })
        : http.request(url, { method, headers, agent: agents.http });
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    const stop = (error: unknown) => {
      reject(error);
      request.destroy();
    };
    const onAbort = () => stop(signal?.reason);
    signal?.addEventListener('abort', onAbort);
    let isAnswered = false;
    const watch = watchProgress(request, limits, (what) => stop(new NoAnswerError(`${url.host}: ${what}`)));

    request.once('response', (response) => {
      isAnswered = true;
      readAnswer(response, { maxBytes: limits.answerBytes, onChunk: watch.progress }).then(
        (answer) => {
          resolve(answer);
          // An answer before the request's end is a refusal: nobody reads the rest. Deliberately not `writableFinished`:
          // an answer may be quicker than Node is to notice that the last bytes have left.
          if (!request.writableEnded) request.destroy();
        },
        (cause) =>
          stop(cause instanceof AnswerTooLargeError ? cause : new NoAnswerError(`${url.host}: cut`, { cause })),
      );
    });
    request.on('error', (cause) => {
      const isClosed = 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE');
      const isStale = isClosed && request.reusedSocket && !isAnswered;
      reject(new NoAnswerError(`${url.host}: ${cause.message}`, { isStale, cause }));
    });
    // Node ends some connections without an error: an upgrade that nobody asked for, say.
    request.once('close', () => {
      if (!isAnswered) reject(new NoAnswerError(`${url.host}: ended without an answer`));
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
