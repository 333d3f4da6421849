// Requests by node:http, which reads every form of HTTP, over connections that connect.ts opens: redirects, agents,
// one GET up to its response's head, and the body.

import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { type JudgedUrl, judgeUrl } from '../../domain/source-url.ts';
import type { Connect, SourceContext, SourceLimits } from './connect.ts';
import { cut, hungUp, noAnswer, noConnection, outOfTime, type StallDetector, toConnectError } from './failures.ts';
import type { SourceResponse } from './response-head.ts';

/** RFC 9110, 15.4; other statuses with a Location are not redirects to follow. */
const redirects = [301, 302, 303, 307, 308];

/** A response of either reader; `drop` releases its connection. */
export type Droppable = SourceResponse & { drop(): void };

/** Requests and follows redirects, checking each URL. @returns the last response, whatever it is, and its URL */
export async function followRedirects<A extends Droppable>(
  url: string,
  { policy, within }: SourceContext,
  signal: AbortSignal,
  ask: (judged: JudgedUrl) => Promise<A>,
): Promise<{ answer: A; url: string }> {
  let next = url;
  for (let steps = 0; steps <= within.redirects; steps++) {
    if (signal.aborted) throw outOfTime();
    const judged = judgeUrl(next, policy);
    const answer = await ask(judged);
    const { location } = answer.headers;
    if (!redirects.includes(answer.statusCode ?? 0) || location === undefined) return { answer, url: next };
    answer.drop();
    next = URL.parse(location, judged.url.href)?.href ?? location;
  }
  throw new TransferError('too_many_redirects', `more than ${within.redirects} redirects`);
}

/** Returns the agent that opens and keeps the connections to the host of a checked URL. */
export type AgentFor = (judged: JudgedUrl) => http.Agent;

export type RequestOptions = {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  agentFor: AgentFor;
  within: SourceLimits;
};

/** `stale`: a kept-alive connection turned out to be closed, so nothing was requested. @throws TransferError */
function requestHead(judged: JudgedUrl, options: RequestOptions): Promise<IncomingMessage | 'stale'> {
  const { url, isTls } = judged;
  const { headers, signal, agentFor, within } = options;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | 'stale'>();
  // Deliberately not node:https, even for https: the agent's connection is already encrypted.
  const outgoing = http.request({
    host: judged.host,
    port: judged.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
    agent: agentFor(judged),
    maxHeaderSize: within.headerBytes,
    signal,
  });
  let timer = setTimeout(() => outgoing.destroy(noConnection(url.host)), within.connectMs);
  const waitForAnswer = () => {
    clearTimeout(timer);
    timer = setTimeout(() => outgoing.destroy(noAnswer(url.host)), within.firstByteMs);
  };

  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) waitForAnswer();
    else socket.once(isTls ? 'secureConnect' : 'connect', waitForAnswer);
  });
  outgoing.once('response', (response) => {
    clearTimeout(timer);
    resolve(response);
  });
  outgoing.on('error', (error: Error & { code?: string }) => {
    const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    if (isStale) resolve('stale');
    else reject(toConnectError(error, url.host));
  });
  // Node closes some connections without an error, after an unwanted protocol upgrade, for example. After a response
  // this has no effect.
  outgoing.once('close', () => {
    clearTimeout(timer);
    reject(hungUp(url.host));
  });
  outgoing.end();
  return promise;
}

/** A new connection per request: exactly the one that was checked. */
export function oneTimeAgents(connect: Connect): AgentFor {
  return (judged) => agentTo(judged, connect, { keepAlive: false });
}

/** One kept-alive connection per host, for requests in sequence. */
export function keepAliveAgents(connect: Connect): { agentFor: AgentFor; close(): void } {
  const agents = new Map<string, http.Agent>();
  return {
    agentFor(judged) {
      const { origin } = judged.url;
      const agent = agents.get(origin) ?? agentTo(judged, connect, { keepAlive: true, maxSockets: 1 });
      agents.set(origin, agent);
      return agent;
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function agentTo(judged: JudgedUrl, connect: Connect, agentOptions: http.AgentOptions): http.Agent {
  const agent = new http.Agent(agentOptions);
  agent.createConnection = () => connect(judged);
  return agent;
}

/** Requests by node:http. @returns the response whose head was read, and its URL */
export async function requestFollowingRedirects(
  url: string,
  options: RequestOptions,
  context: SourceContext,
): Promise<{ response: IncomingMessage; url: string }> {
  const found = await followRedirects(url, context, options.signal, async (judged) => {
    const first = await requestHead(judged, options);
    const response = first === 'stale' ? await requestHead(judged, options) : first;
    if (response === 'stale') throw new TransferError('connect_failed', `${judged.url.host} keeps no connection`);
    const { statusCode, headers } = response;
    return { response, statusCode, headers, drop: () => response.destroy() };
  });
  return { response: found.answer.response, url: found.url };
}

// Reads a response's body into the caller's memory. The bytes are copied directly from the `data` events: no stream
// in between, no promise and no timer per chunk.

export type BodyReader = {
  /**
   * Fewer bytes than fit: the end of the body. @throws TransferError `cut`, `idle_timeout`, `too_slow`, `too_large`,
   * `out_of_time`
   */
  read(into: Uint8Array): Promise<number>;
  /** Stops reading; the connection can be reused if nothing more arrives. */
  letGo(): void;
  close(): void;
};

type ReadBodyOptions = {
  /** The length that the host promised, if any; bytes beyond it are not read. */
  promisedBytes: number | null;
  maxBytes: number;
  stalls: StallDetector;
  signal: AbortSignal;
};

type WaitingReader = { into: Uint8Array; filled: number; settle: (failure: TransferError | null) => void };

export function readBody(
  response: IncomingMessage,
  { promisedBytes, maxBytes, stalls, signal }: ReadBodyOptions,
): BodyReader {
  let received = 0;
  /** Received bytes that did not fit into the last buffer. */
  let rest: Buffer | null = null;
  let waiting: WaitingReader | null = null;
  let end: TransferError | 'ended' | null = null;

  response.pause();
  response.on('data', (chunk: Buffer) => {
    // More bytes than were promised, or than are read.
    if (waiting === null) response.destroy();
    else take(chunk, waiting);
  });
  // May happen while paused, with bytes that have not been read yet.
  response.once('end', () => {
    const arrived = received + (rest?.length ?? 0);
    finish(arrived >= (promisedBytes ?? 0) ? 'ended' : brokenOff());
  });
  response.on('error', (error) => finish(brokenOff(error)));
  response.once('close', () => finish(brokenOff()));

  function take(chunk: Buffer, reader: WaitingReader): void {
    const room = reader.into.length - reader.filled;
    const fits = chunk.length <= room ? chunk : chunk.subarray(0, room);
    reader.into.set(fits, reader.filled);
    reader.filled += fits.length;
    received += fits.length;
    if (fits.length < room) return;
    if (fits !== chunk) rest = chunk.subarray(room);
    response.pause();
    reader.settle(null);
  }

  function brokenOff(cause?: Error): TransferError {
    if (cause instanceof TransferError) return cause;
    return signal.aborted ? outOfTime() : cut(received, promisedBytes, cause);
  }

  function finish(outcome: TransferError | 'ended'): void {
    end ??= outcome;
    waiting?.settle(end === 'ended' ? null : end);
  }

  function wait(into: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const endWait = stalls.wait(
      () => reader.filled,
      (failure) => response.destroy(failure),
    );
    const reader: WaitingReader = {
      into,
      filled: 0,
      settle(failure) {
        waiting = null;
        endWait();
        if (failure === null) resolve(reader.filled);
        else reject(failure);
      },
    };
    waiting = reader;
    const held = rest;
    rest = null;
    if (held !== null) take(held, reader);
    if (end !== null) finish(end);
    else if (waiting !== null) response.resume();
    return promise;
  }

  return {
    async read(whole) {
      const left = promisedBytes === null ? whole.length : Math.min(whole.length, promisedBytes - received);
      if (left === 0) return 0;
      if (end instanceof TransferError) throw end;
      const bytes = await wait(whole.subarray(0, left));
      if (received > maxBytes) {
        response.destroy();
        throw new TransferError('too_large', `more than ${maxBytes} bytes have come`);
      }
      return bytes;
    },
    letGo() {
      if (rest === null) response.resume();
      else response.destroy();
    },
    close() {
      response.destroy();
    },
  };
}
