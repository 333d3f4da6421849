// One GET up to its answer's head, by node:http over a connection of our own making.
import http, { type IncomingMessage } from 'node:http';
import type { JudgedUrl } from '../../domain/source-url.ts';
import { hungUp, noAnswer, noConnection, toConnectError } from './failures.ts';
import type { SourceLimits } from './surroundings.ts';

/** The agent that makes and keeps the connections to one judged URL's host. */
export type AgentFor = (judged: JudgedUrl) => http.Agent;

export type RequestOptions = {
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  agentFor: AgentFor;
  within: SourceLimits;
};

/** `stale`: a kept connection turned out to be closed, so nothing was asked. @throws TransferError */
export function request(judged: JudgedUrl, options: RequestOptions): Promise<IncomingMessage | 'stale'> {
  const { url, isTls } = judged;
  const { headers, signal, agentFor, within } = options;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | 'stale'>();
  // Deliberately not node:https, also for https: the agent's connection is the encrypted one.
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
  // Node ends some connections without an error: an upgrade that nobody asked for, say. After an answer this is nothing.
  outgoing.once('close', () => {
    clearTimeout(timer);
    reject(hungUp(url.host));
  });
  outgoing.end();
  return promise;
}
