// A music video of any size that is never held in memory, and its host. Every 64 KiB carry their own number, so that a
// piece that is lost, doubled or in the wrong place shows in the checksum.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const blockBytes = 64 * 1024;
const noise = Buffer.from(Array.from({ length: blockBytes }, (_, index) => (index * 2_654_435_761) >>> 24));

export type BigVideo = { bytes: number; pieces(from: number, to: number): Generator<Buffer> };

/** An MP4: its kind, the description of a film of 10 s, and one payload that takes up the rest. */
export function bigVideo(bytes: number): BigVideo {
  const start = Buffer.concat([box('ftyp', Buffer.from('isom\0\0\x02\0isom')), box('moov', box('mvhd', movieHeader))]);
  const head = Buffer.concat([start, payloadHeader(bytes - start.length)]);
  return {
    bytes,
    *pieces(from, to) {
      for (let at = from; at < to; ) {
        const number = Math.floor(at / blockBytes);
        const block = Buffer.from(noise);
        block.writeUInt32BE(number, 8_000);
        if (number === 0) head.copy(block);
        const inBlock = at % blockBytes;
        const piece = block.subarray(inBlock, Math.min(blockBytes, inBlock + to - at));
        yield piece;
        at += piece.length;
      }
    },
  };
}

/** A size of 1 says that the true one, of 64 bits, follows. */
function payloadHeader(bytes: number): Buffer {
  const header = Buffer.from('\0\0\0\x01mdat\0\0\0\0\0\0\0\0', 'latin1');
  header.writeBigUInt64BE(BigInt(bytes), 8);
  return header;
}

const movieHeader = Buffer.alloc(100);
movieHeader.writeUInt32BE(1_000, 12);
movieHeader.writeUInt32BE(10_000, 16);

function box(type: string, content: Buffer): Buffer {
  const header = Buffer.from(`\0\0\0\0${type}`, 'latin1');
  header.writeUInt32BE(content.length + header.length);
  return Buffer.concat([header, content]);
}

/** Serves it with ranges. `onSent` is called after each piece that was written to the connection. */
export async function startVideoHost(video: BigVideo, onSent: () => void = () => {}) {
  const state = { sent: 0 };
  const etag = '"video-1"';
  const server = createServer(async ({ headers }, response) => {
    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
    const [, first, last] = (isSame && /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '')) || [];
    const [from, to] =
      first === undefined ? [0, video.bytes] : [Number(first), Math.min(Number(last) + 1, video.bytes)];
    response.writeHead(first === undefined ? 200 : 206, {
      ...(first !== undefined && { 'content-range': `bytes ${from}-${to - 1}/${video.bytes}` }),
      ...{ etag, 'content-type': 'video/mp4', 'content-length': to - from },
    });
    const counted = function* () {
      for (const piece of video.pieces(from, to)) {
        yield piece;
        state.sent += piece.length;
        onSent();
      }
    };
    // The archiver may be killed, or hang up: its record says why.
    await pipeline(Readable.from(counted(), { highWaterMark: 1 }), response).catch(() => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    host,
    url: `http://${host}/video.mp4`,
    state,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
