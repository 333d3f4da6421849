// Bodies that are not what their head says, or never end, or come too slowly.
import { setTimeout } from 'node:timers/promises';
import { type Asked, type Behaviour, begin, hangUp, send, sendRaw, soundAnswer } from '../range-answer.ts';

/** A sound head, then this share of its body; `after` is what becomes of the connection then. */
const partOf =
  (share: (asked: Asked) => number, after: (asked: Asked) => void): Behaviour =>
  async (asked) => {
    const sound = soundAnswer(asked);
    begin(asked, sound);
    await send(asked, sound.from, sound.from + Math.floor((sound.to - sound.from) * share(asked)));
    after(asked);
  };

const lengthless = (asked: Asked) => begin(asked, { ...soundAnswer(asked), status: 200, headers: {} });
const everything = ({ file }: Asked) => Buffer.concat([...file.pieces(0, file.bytes)]);

export const bodies: Readonly<Record<string, Behaviour>> = {
  async chunked(asked) {
    lengthless(asked);
    await send(asked, 0, asked.file.bytes);
    asked.response.end();
  },
  'until-close'(asked) {
    sendRaw(asked, 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', everything(asked));
    hangUp(asked);
  },
  empty: ({ response }) => void response.writeHead(200, { 'content-length': 0 }).end(),

  cut: partOf(() => 0.5, hangUp),
  /** Promises one byte more than it has. */
  'promises-more'(asked) {
    sendRaw(asked, `HTTP/1.1 200 OK\r\ncontent-length: ${asked.file.bytes + 1}\r\n\r\n`, everything(asked));
    hangUp(asked);
  },
  async 'chunked-cut'(asked) {
    lengthless(asked);
    await send(asked, 0, Math.floor(asked.file.bytes / 2));
    hangUp(asked);
  },
  /** No length and no chunks: nothing says that this is but half of it. */
  'until-close-cut'(asked) {
    const whole = everything(asked);
    sendRaw(asked, 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n', whole.subarray(0, whole.length / 2));
    hangUp(asked);
  },
  /** Promises half, and sends all of it. */
  'sends-more'(asked) {
    const whole = everything(asked);
    sendRaw(asked, `HTTP/1.1 200 OK\r\ncontent-length: ${Math.floor(whole.length / 2)}\r\n\r\n`, whole);
  },
  'promises-much': ({ response, query }) =>
    void response.writeHead(200, { 'content-length': query.get('bytes') ?? 0 }).write('ID3'),
  async endless(asked) {
    lengthless(asked);
    for (;;) await send(asked, 0, asked.file.bytes);
  },

  /** As much as `at` says, then nothing. */
  stall: partOf(
    ({ query }) => Number(query.get('at') ?? 0.5),
    () => {},
  ),
  /** A byte every so many milliseconds, `every`. */
  async drip(asked) {
    const { from, to } = soundAnswer(asked);
    begin(asked, soundAnswer(asked));
    for (let at = from; at < to && !asked.response.destroyed; at++) {
      await send(asked, at, at + 1);
      await setTimeout(Number(asked.query.get('every') ?? 5));
    }
    asked.response.end();
  },
  /** Behind the range, and before anyone asks again, there are more bytes. */
  async 'sends-behind'(asked) {
    const { headers, from, to, status } = soundAnswer(asked);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const body = Buffer.concat([...asked.file.pieces(from, to), Buffer.from(asked.query.get('more') ?? 'more')]);
    sendRaw(asked, `HTTP/1.1 ${status} Any\r\n${lines.join('')}\r\n`, body);
  },
};
