// How a sound host answers, as data, so that a misbehaving one differs in one thing only; and the way out for both.
import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ServedFile } from './served-file.ts';

export type Asked = {
  request: IncomingMessage;
  response: ServerResponse;
  file: ServedFile;
  query: URLSearchParams;
  /** How often this path has been asked, from 1 on. */
  nth: number;
  /** Called for every byte of a body that is sent; resolves when the connection may send it. */
  sending: (bytes: number) => Promise<void> | undefined;
};
export type Behaviour = (asked: Asked) => void | Promise<void>;

/** `to` is exclusive; a header that is undefined is left out. */
export type Answer = { status: number; headers: OutgoingHttpHeaders; from: number; to: number };

/** RFC 9110, 14.2 and 13.1.5: one range, if the version is still the one that was asked for. */
export function soundAnswer(
  { request, file }: { request: Pick<IncomingMessage, 'headers'>; file: ServedFile },
  etag = '"one"',
): Answer {
  const { range, 'if-range': ifRange = etag } = request.headers;
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const general = { 'accept-ranges': 'bytes', etag };
  if (first === undefined || ifRange !== etag) {
    return { status: 200, headers: { ...general, 'content-length': file.bytes }, from: 0, to: file.bytes };
  }
  const from = Number(first);
  if (from >= file.bytes) {
    const headers = { ...general, 'content-range': `bytes */${file.bytes}`, 'content-length': 0 };
    return { status: 416, headers, from: 0, to: 0 };
  }
  const to = last ? Math.min(Number(last) + 1, file.bytes) : file.bytes;
  const headers = { 'content-length': to - from, 'content-range': `bytes ${from}-${to - 1}/${file.bytes}` };
  return { status: 206, headers: { ...general, ...headers }, from, to };
}

/** A sound answer, but for what `change` makes of it. */
export function but(change: (sound: Answer, asked: Asked) => Partial<Answer>): Behaviour {
  return async (asked) => {
    const sound = soundAnswer(asked);
    await give(asked, { ...sound, ...change(sound, asked) });
  };
}

export async function give(asked: Asked, answer: Answer): Promise<void> {
  begin(asked, answer);
  await send(asked, answer.from, answer.to);
  asked.response.end();
}

export function begin({ response }: Asked, { status, headers }: Answer): void {
  const all = { 'content-type': 'audio/mpeg', ...headers };
  response.writeHead(status, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
}

/** Part of the file, as fast as it is taken and as the connection may. Throws where no one takes it any more. */
export async function send({ response, file, sending }: Asked, from: number, to: number): Promise<void> {
  for (const piece of file.pieces(from, to)) {
    await sending(piece.length);
    if (response.destroyed) throw new Error('nobody reads on');
    if (!response.write(piece)) await drained(response);
  }
}

async function drained(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  const heard = ['drain', 'close'].map((event) => once(response, event, { signal: done.signal }));
  await Promise.race(heard).finally(() => done.abort());
}

/** The end of the connection, after all that was written has left. */
export function hangUp({ request }: Pick<Asked, 'request'>): void {
  request.socket.destroySoon();
}

/** What Node's own server would not send. */
export function sendRaw({ request, sending }: Asked, head: string, body: Buffer = Buffer.alloc(0)): void {
  request.socket.write(head, 'latin1');
  void sending(body.length);
  request.socket.write(body);
}
