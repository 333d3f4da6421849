// Decodes the SDK's chunked encoding (`aws-chunked`): a line with the length in hexadecimal, the bytes, a line end;
// after a length of 0 follow trailers. Only the bytes matter here.

/** Call it with the body's chunks in order, wherever they are cut; it returns views of the payload in each. */
export function createUnframer(): (chunk: Buffer) => Buffer[] {
  let line = '';
  let left = 0;
  let isOver = false;

  return (chunk) => {
    const payload: Buffer[] = [];
    for (let at = 0; at < chunk.length && !isOver; ) {
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        payload.push(piece);
        left -= piece.length;
        at += piece.length;
        continue;
      }
      const end = chunk.indexOf('\n', at);
      const next = end < 0 ? chunk.length : end + 1;
      line += chunk.toString('latin1', at, next);
      at = next;
      // An empty line is the line end after a frame's bytes.
      if (end >= 0 && line.trim() !== '') {
        // A signature may follow the length, after a semicolon.
        left = Number.parseInt(line, 16);
        isOver = left === 0;
      }
      if (end >= 0) line = '';
    }
    return payload;
  };
}
