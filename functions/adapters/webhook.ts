// One POST to the owner's own endpoint. Its status is all that counts: the answer's body is not read, and a redirect is an
// answer like any other, so that nobody else is sent what was meant for the owner.
import http from 'node:http';
import https from 'node:https';
import type { SendWebhook } from '../ports.ts';
import { NoResponseError, type ProgressLimits, watchProgress, writeBody } from './http-client.ts';

/** An endpoint should take it and do its work later; providers give 15 s for the same. */
const patience: ProgressLimits = { connectMs: 10_000, idleMs: 10_000, totalMs: 10_000 };

export function createSendWebhook(endpoint: string, limits: ProgressLimits = patience): SendWebhook {
  const url = new URL(endpoint);
  const { request: send } = url.protocol === 'https:' ? https : http;

  return async (text, headers) => {
    const body = Buffer.from(text);
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(body.length), 'user-agent': 'Trackkeeper/1.0' },
      // A connection of its own each time: between two tasks a kept one grows old.
      agent: false,
    });
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const fail = (what: string) => reject(new NoResponseError(`${url.host}: ${what}`));
    const watch = watchProgress(request, limits, fail);
    request.once('response', ({ statusCode = 0 }) => resolve(statusCode));
    request.on('error', ({ message }) => fail(message));
    // Node ends some connections without an error: an upgrade that nobody asked for, say.
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
