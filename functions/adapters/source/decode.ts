// Decodes bodies that are encoded although only identity was requested, while they are read. The bytes decide: a body
// that does not begin like its announced encoding is passed on as it is, since stores keep such names as left-overs.
import { type Duplex, pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import { TransferError } from '../../domain/errors.ts';
import type { ContentCoding } from './response-head.ts';

/** Fills its argument; fewer bytes than fit: the end. */
type ReadBytes = (into: Uint8Array) => Promise<number>;

export type ReadableBody = { read: ReadBytes; close(): void };

type Decoder = {
  create: () => Duplex;
  /** Decodes what is there, of a body that may go on. Throws unless it is in this encoding. */
  probe: (begun: Uint8Array) => unknown;
};

const chunkBytes = 64 * 1024;

const flushed = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: chunkBytes };
const brotli = { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH, maxOutputLength: chunkBytes };
const zstd = { finishFlush: zlib.constants.ZSTD_e_flush, maxOutputLength: chunkBytes };
const streamed = { chunkSize: chunkBytes };

/** In the order of preference. `deflate` names two encodings: that of zlib, and, against the standard, a raw one. */
const decoders: Readonly<Record<ContentCoding, readonly Decoder[]>> = {
  gzip: [{ create: () => zlib.createGunzip(streamed), probe: (begun) => zlib.gunzipSync(begun, flushed) }],
  deflate: [
    { create: () => zlib.createInflate(streamed), probe: (begun) => zlib.inflateSync(begun, flushed) },
    { create: () => zlib.createInflateRaw(streamed), probe: (begun) => zlib.inflateRawSync(begun, flushed) },
  ],
  br: [
    {
      create: () => zlib.createBrotliDecompress(streamed),
      probe: (begun) => zlib.brotliDecompressSync(begun, brotli),
    },
  ],
  zstd: [{ create: () => zlib.createZstdDecompress(streamed), probe: (begun) => zlib.zstdDecompressSync(begun, zstd) }],
};

/** `codings`: in the order in which they were applied. At most `maxBytes` are decoded. */
export function decodeBody(body: ReadableBody, codings: readonly ContentCoding[], maxBytes: number): ReadableBody {
  return codings.reduceRight((encoded, coding) => decodeOnce(encoded, coding, maxBytes), body);
}

function decodeOnce({ read, close }: ReadableBody, coding: ContentCoding, maxBytes: number): ReadableBody {
  let pieces: AsyncIterator<Uint8Array> | null = null;
  let stop = () => {};
  let rest: Uint8Array = Buffer.alloc(0);
  let bytes = 0;

  async function start(): Promise<AsyncIterator<Uint8Array>> {
    const first = await readChunk(read);
    const encoded = Readable.from(chunksFrom(first, read));
    const decoder = decoders[coding].find(({ probe }) => isLike(probe, first));
    // No bytes at all are no encoded bytes either.
    if (decoder === undefined || first.length === 0) return encoded[Symbol.asyncIterator]();
    const decoded = decoder.create();
    stop = () => decoded.destroy();
    // Errors reach the reader through the iterator.
    pipeline(encoded, decoded, () => {});
    return decoded[Symbol.asyncIterator]();
  }

  return {
    async read(into) {
      let filled = 0;
      try {
        pieces ??= await start();
        while (filled < into.length) {
          if (rest.length === 0) {
            const next = await pieces.next();
            if (next.done === true) break;
            rest = next.value;
          }
          const fits = rest.subarray(0, into.length - filled);
          into.set(fits, filled);
          filled += fits.length;
          rest = rest.subarray(fits.length);
        }
      } catch (error) {
        throw undecodable(error, coding, bytes + filled);
      }
      bytes += filled;
      if (bytes > maxBytes) throw new TransferError('too_large', `more than ${maxBytes} decoded bytes have come`);
      return filled;
    },
    close() {
      stop();
      close();
    },
  };
}

async function readChunk(read: ReadBytes): Promise<Uint8Array> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  return chunk.subarray(0, await read(chunk));
}

async function* chunksFrom(first: Uint8Array, read: ReadBytes): AsyncGenerator<Uint8Array> {
  let chunk = first;
  while (chunk.length > 0) {
    yield chunk;
    chunk = chunk.length < chunkBytes ? Buffer.alloc(0) : await readChunk(read);
  }
}

function isLike(probe: Decoder['probe'], begun: Uint8Array): boolean {
  try {
    probe(begun);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
  }
}

function undecodable(error: unknown, coding: ContentCoding, bytes: number): TransferError {
  if (error instanceof TransferError) return error;
  return new TransferError('cut', `the ${coding} encoding ends or breaks after ${bytes} decoded bytes`, {
    cause: error,
  });
}
