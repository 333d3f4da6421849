/**
 * Cuts a stream into parts of `partBytes`, the last one shorter. One buffer serves all parts: a part is valid until the
 * next one is asked for, so memory does not grow with the file.
 */
export async function* cutIntoParts(body: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  for await (const chunk of body) {
    for (let offset = 0; offset < chunk.length; ) {
      const taken = Math.min(chunk.length - offset, partBytes - filled);
      buffer.set(chunk.subarray(offset, offset + taken), filled);
      filled += taken;
      offset += taken;
      if (filled === partBytes) {
        yield buffer;
        filled = 0;
      }
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
