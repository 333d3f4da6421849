// Requests as no browser would send them: every header is the test's own.
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export type Answered = { status: number; headers: IncomingHttpHeaders; body: Buffer; json: () => unknown };
type More = { method?: string; headers?: Record<string, string>; body?: string };

/** Resolves with the head; the body has not been read. */
export function open(port: number, path: string, { method = 'GET', headers = {}, body }: More = {}) {
  return new Promise<IncomingMessage>((done, failed) => {
    const asking = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, done);
    asking.on('error', failed);
    asking.end(body);
  });
}

export async function ask(port: number, path: string, more: More = {}): Promise<Answered> {
  const answer = await open(port, path, more);
  const body = await buffer(answer);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body, json: () => JSON.parse(body.toString()) };
}
