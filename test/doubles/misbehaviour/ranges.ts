// Ranges, right and wrong.
import {
  type Answer,
  type Asked,
  type Behaviour,
  begin,
  but,
  give,
  hangUp,
  send,
  soundAnswer,
} from '../range-answer.ts';
import { grownFile, otherFile } from '../served-file.ts';

const headers = (change: (sound: Answer, asked: Asked) => Record<string, string | number | undefined>) =>
  but((sound, asked) => ({ headers: { ...sound.headers, ...change(sound, asked) } }));

/** In answers that carry one only. */
const contentRange = (write: (from: number, to: number, total: number) => string | undefined) =>
  headers(({ status, from, to }, { file }) => (status === 206 ? { 'content-range': write(from, to, file.bytes) } : {}));

/** To all, whatever was asked. */
const always = (share: number): Behaviour =>
  but((_sound, { file }) => {
    const to = Math.ceil(file.bytes * share);
    const range = { 'content-range': `bytes 0-${to - 1}/${file.bytes}`, 'content-length': to };
    return { status: 206, headers: { etag: '"one"', ...range }, from: 0, to };
  });

const connectionsOf = new Map<string | undefined, Set<object>>();

export const ranges: Readonly<Record<string, Behaviour>> = {
  whole: but(() => ({})),
  /** With these too, `header`, each as `name: value`. */
  'with-headers': headers((_sound, { query }) =>
    Object.fromEntries(query.getAll('header').map((line) => line.split(': '))),
  ),
  /** Serves no ranges, and says so by answering with all there is. */
  'no-ranges': but((_sound, { file }) => ({
    status: 200,
    headers: { etag: '"one"', 'content-length': file.bytes },
    from: 0,
    to: file.bytes,
  })),
  /** Serves ranges, but all there is to those who name a version. */
  'ignores-versions': (asked) => {
    const { 'if-range': version, ...rest } = asked.request.headers;
    if (version !== undefined) delete rest.range;
    return give(asked, soundAnswer({ file: asked.file, request: { headers: rest } }));
  },
  /** Serves so many connections, `most`, per path; the others get 503. */
  'few-connections': (asked) => {
    const { request, response, query } = asked;
    const open = connectionsOf.get(request.url) ?? new Set();
    connectionsOf.set(request.url, open);
    if (!open.has(request.socket) && open.size >= Number(query.get('most'))) {
      response.writeHead(503, { 'content-length': 0 }).end();
      return undefined;
    }
    open.add(request.socket);
    request.socket.once('close', () => open.delete(request.socket));
    return give(asked, soundAnswer(asked));
  },
  'refuses-ranges': but(({ status }) =>
    status === 206 ? { status: 416, headers: { 'content-length': 0 }, to: 0 } : {},
  ),
  'half-unasked': always(0.5),
  'whole-unasked': always(1),

  'weak-etag': headers(() => ({ etag: 'W/"one"' })),
  'no-etag': headers(() => ({ etag: undefined })),
  'bare-etag': headers(() => ({ etag: 'one' })),
  'huge-etag': headers(() => ({ etag: `"${'e'.repeat(1_000)}"` })),

  'wrong-start': contentRange((from, to, total) => `bytes ${from + 1}-${to - 1}/${total}`),
  'wrong-end': contentRange((from, to, total) => `bytes ${from}-${to - 2}/${total}`),
  'wrong-total': contentRange((from, to, total) => `bytes ${from}-${to - 1}/${total + 1}`),
  'no-total': contentRange((from, to) => `bytes ${from}-${to - 1}/*`),
  'no-content-range': contentRange(() => undefined),
  'garbled-content-range': contentRange((from, to, total) => `bytes=${from}-${to - 1}/${total}`),
  'wrong-length': headers(({ status, from, to }) => ({ 'content-length': to - from - (status === 206 ? 1 : 0) })),
  /** A sound answer to another question: half of the part that was asked for. */
  'shorter-range': but(({ status, from, to }, { file }) => {
    if (status !== 206) return {};
    const end = from + Math.ceil((to - from) / 2);
    const range = { 'content-range': `bytes ${from}-${end - 1}/${file.bytes}`, 'content-length': end - from };
    return { headers: { etag: '"one"', ...range }, to: end };
  }),

  /** Another file is at the same place. */
  replaced: (asked) => {
    const other = { ...asked, file: otherFile(asked.file) };
    return give(other, soundAnswer(other, '"two"'));
  },
  /** Another file, and the host does not know it. */
  altered: (asked) => {
    const other = { ...asked, file: otherFile(asked.file) };
    return give(other, soundAnswer(other));
  },
  grown: (asked) => {
    const other = { ...asked, file: grownFile(asked.file, 1) };
    return give(other, soundAnswer(other));
  },
  'other-etag': headers(({ status }) => ({ etag: status === 206 ? '"two"' : '"one"' })),

  'chunked-ranges': headers(() => ({ 'content-length': undefined })),
  /** Its last chunk holds more than the range. */
  'chunked-and-more': async (asked) => {
    const sound = soundAnswer(asked);
    begin(asked, { ...sound, headers: { ...sound.headers, 'content-length': undefined } });
    await send(asked, sound.from, sound.to);
    asked.response.end('more');
  },
  'early-hints': (asked) => {
    asked.response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    return give(asked, soundAnswer(asked));
  },
  'closing-ranges': headers(() => ({ connection: 'close' })),
  /** Says that the connection stays, and then ends it. */
  'ends-after': async (asked) => {
    asked.response.once('finish', () => hangUp(asked));
    await give(asked, soundAnswer(asked));
  },
};
