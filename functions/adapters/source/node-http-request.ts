// Requests by node:http, which reads every form of HTTP, over connections that connect.ts opens: agents, and one GET up
// to its response's head.

import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import type { JudgedUrl } from '../../domain/source-url.ts';
import type { Connect, SourceContext, SourceLimits } from './connect.ts';
import { hungUp, noAnswer, noConnection, toConnectError } from './failures.ts';
import { followRedirects, type RedirectChain } from './redirects.ts';

/**
 * Returns the agent that opens and keeps the connections to the host of a checked URL. `isLenient`: its responses are
 * parsed as leniently as Node can, which is safe only on connections that are used for one response.
 */
export type Agents = { agentFor(judged: JudgedUrl): http.Agent; isLenient: boolean; close(): void };

export type RequestOptions = {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  agents: Agents;
  within: SourceLimits;
};

/** `stale`: a kept-alive connection turned out to be closed, so nothing was requested. @throws TransferError */
function requestHead(judged: JudgedUrl, options: RequestOptions): Promise<IncomingMessage | 'stale'> {
  const { url, isTls } = judged;
  const { headers, signal, agents, within } = options;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | 'stale'>();
  // Deliberately not node:https, even for https: the agent's connection is already encrypted.
  const outgoing = http.request({
    host: judged.host,
    port: judged.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host },
    agent: agents.agentFor(judged),
    insecureHTTPParser: agents.isLenient,
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
export function oneTimeAgents(connect: Connect): Agents {
  return {
    agentFor: (judged) => agentTo(judged, connect, { keepAlive: false }),
    isLenient: true,
    close() {},
  };
}

/** One kept-alive connection per host, for requests in sequence. */
export function keepAliveAgents(connect: Connect): Agents {
  const agents = new Map<string, http.Agent>();
  return {
    agentFor(judged) {
      const { origin } = judged.url;
      const agent = agents.get(origin) ?? agentTo(judged, connect, { keepAlive: true, maxSockets: 1 });
      agents.set(origin, agent);
      return agent;
    },
    isLenient: false,
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

/** Requests by node:http. @returns the response whose head was read */
export async function requestFollowingRedirects(
  chain: RedirectChain,
  options: RequestOptions,
  context: SourceContext,
): Promise<IncomingMessage> {
  const found = await followRedirects(chain, context, options.signal, async (judged, cookie) => {
    const withCookie = { ...options, headers: { ...options.headers, ...cookie } };
    const first = await requestHead(judged, withCookie);
    const response = first === 'stale' ? await requestHead(judged, withCookie) : first;
    if (response === 'stale') throw new TransferError('connect_failed', `${judged.url.host} keeps no connection`);
    const { statusCode, headers } = response;
    return { response, statusCode, headers, drop: () => response.destroy() };
  });
  return found.response;
}
