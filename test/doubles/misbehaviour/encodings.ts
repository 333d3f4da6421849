// Bytes in an encoding that no one asked for.
import { deflateSync, gzipSync } from 'node:zlib';
import { type Asked, type Behaviour, sendRaw } from '../range-answer.ts';

const everything = ({ file }: Asked) => Buffer.concat([...file.pieces(0, file.bytes)]);

/** Complete in itself, and named. */
const encoded =
  (name: string, encode: (whole: Buffer) => Buffer): Behaviour =>
  (asked) => {
    const body = encode(everything(asked));
    asked.response.writeHead(200, { 'content-encoding': name, 'content-length': body.length }).end(body);
  };

export const encodings: Readonly<Record<string, Behaviour>> = {
  gzip: encoded('gzip', gzipSync),
  deflate: encoded('deflate', deflateSync),
  'gzip-twice': encoded('gzip, gzip', (whole) => gzipSync(gzipSync(whole))),
  'gzip-and-identity': encoded('identity, gzip', gzipSync),
  'gzip-cut': encoded('gzip', (whole) => gzipSync(whole).subarray(0, -8)),
  /** A thousand bytes of nothing in each byte. */
  'gzip-bomb': encoded('gzip', () => gzipSync(Buffer.alloc(16 * 1024 ** 2))),
  identity: encoded('identity', (whole) => whole),
  'encoded-range'(asked) {
    const body = gzipSync(everything(asked));
    const range = { 'content-range': `bytes 0-${body.length - 1}/${body.length}`, 'content-length': body.length };
    asked.response.writeHead(206, { etag: '"one"', 'content-encoding': 'gzip', ...range }).end(body);
  },
  'gzip-in-transfer'(asked) {
    const body = gzipSync(everything(asked));
    const chunks = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
    sendRaw(asked, 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n', chunks);
  },
};
