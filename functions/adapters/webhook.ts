// Sends one POST to the owner's endpoint. Only the response's status counts: its body is not read, and a redirect is
// a response like any other, so that the callback is sent to no other host.
import http from 'node:http';
import https from 'node:https';
import { limits } from '../domain/limits.ts';
import type { SendWebhook } from '../ports.ts';
import { NoResponseError, type ProgressLimits, watchProgress, writeBody } from './http-client.ts';

/** An endpoint should accept the request and do its work later; providers allow 15 s for the same. */
const timeouts: ProgressLimits = { connectMs: 10_000, idleMs: 10_000, totalMs: 10_000 };

export function createSendWebhook(endpoint: string, within: ProgressLimits = timeouts): SendWebhook {
  const url = new URL(endpoint);
  const { request: send, Agent } = url.protocol === 'https:' ? https : http;
  // A new connection each time: a kept-alive one would expire between two tasks.
  const agent = new Agent({ keepAlive: false, autoSelectFamilyAttemptTimeout: limits.addressAttemptMs });

  return async (text, headers) => {
    const body = Buffer.from(text);
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length), 'user-agent': 'Trackkeeper/1.0' },
      agent,
    });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const fail = (what: string) => reject(new NoResponseError(`${url.host}: ${what}`));
    const watch = watchProgress(request, within, fail);
    request.once('response', ({ statusCode = 0 }) => resolve(statusCode));
    request.on('error', ({ message }) => fail(message));
    // Node closes some connections without an error, after an unwanted protocol upgrade, for example.
    request.once('close', () => fail('ended without an answer'));
    writeBody(request, [body], watch.progress);
    try {
      return { status: await promise, host: url.host };
    } finally {
      watch.end();
      request.destroy();
    }
  };
}
