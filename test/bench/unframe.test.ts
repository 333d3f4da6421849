import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUnframer } from '../../bench/servers/unframe.ts';

function unframe(chunks: readonly Buffer[]): Buffer {
  const payloadOf = createUnframer();
  return Buffer.concat(chunks.flatMap((chunk) => payloadOf(chunk)));
}

const frame = (bytes: Uint8Array, signature = '') =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}${signature}\r\n`), bytes, Buffer.from('\r\n')]);

test('a body comes out of its frames as it was, wherever it is cut on its way', () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }));

  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 50 }), (frames, chunkBytes) => {
      const framed = Buffer.concat([...frames.map((bytes) => frame(bytes)), Buffer.from('0\r\n\r\n')]);
      const chunks = [...framed.keys()]
        .filter((at) => at % chunkBytes === 0)
        .map((at) => framed.subarray(at, at + chunkBytes));

      expect(unframe(chunks).equals(Buffer.concat(frames))).toBe(true);
    }),
  );
});

test('signatures and trailers are no part of the body', () => {
  const signed = frame(Buffer.from('hello\r\n'), ';chunk-signature=0123456789abcdef');
  const trailer = Buffer.from('0;chunk-signature=fedcba\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n');

  expect(unframe([signed, trailer]).toString()).toBe('hello\r\n');
});
