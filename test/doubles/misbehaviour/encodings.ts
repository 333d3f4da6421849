// Bytes in an encoding that no one asked for.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Asked, type Behaviour, but, sendRaw } from '../range-answer.ts';

const everything = ({ file }: Asked) => Buffer.concat([...file.pieces(0, file.bytes)]);

/** Complete in itself, and named. */
const encoded =
  (name: string, encode: (whole: Buffer) => Buffer): Behaviour =>
  (asked) => {
    const body = encode(everything(asked));
    asked.response.writeHead(200, { 'content-encoding': name, 'content-length': body.length }).end(body);
  };

const encoders: Readonly<Record<string, (whole: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  'raw-deflate': deflateRawSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};

export const encodings: Readonly<Record<string, Behaviour>> = {
  /** Encoded `with` these, in this order, while the head `says` something else, or the same. */
  encoded(asked) {
    const names = (asked.query.get('with') ?? '').split(',');
    const encode = (whole: Buffer) => names.reduce((body, name) => encoders[name]?.(body) ?? body, whole);
    return encoded(asked.query.get('says') ?? names.join(', '), encode)(asked);
  },
  /** The file as it is, also in ranges, under the name of an encoding: `says`. */
  'only-says-encoded': but(({ headers }, { query }) => ({
    headers: { ...headers, 'content-encoding': query.get('says') ?? '' },
  })),
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
