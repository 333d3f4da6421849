// What a host has to give: bytes that are there, or a file of any size that costs no memory.
import { mediaFile } from '../../bench/servers/media-file.ts';

export type ServedFile = {
  bytes: number;
  /** From one offset to another. */
  pieces(from: number, to: number): Iterable<Buffer>;
};

const pieceBytes = 64 * 1024;

export function heldFile(whole: Buffer): ServedFile {
  return {
    bytes: whole.length,
    *pieces(from, to) {
      for (let at = from; at < to; at += pieceBytes) yield whole.subarray(at, Math.min(at + pieceBytes, to));
    },
  };
}

/**
 * `generated-<bytes>.wav`, or `.mp4` for what is over 4 GiB: well formed, the same at every run, and no two parts
 * alike.
 */
export function generatedFile(name: string): ServedFile | undefined {
  const [, bytes, format] = /^generated-(\d+)\.(wav|mp4)$/.exec(name) ?? [];
  return format === 'wav' || format === 'mp4' ? mediaFile(format, Number(bytes)) : undefined;
}

/** Another file of the same length. */
export function otherFile(file: ServedFile): ServedFile {
  return {
    bytes: file.bytes,
    *pieces(from, to) {
      for (const piece of file.pieces(from, to)) yield Buffer.from(piece.map((byte) => byte ^ 0xff));
    },
  };
}

/** The same file with more behind it. */
export function grownFile(file: ServedFile, moreBytes: number): ServedFile {
  return {
    bytes: file.bytes + moreBytes,
    *pieces(from, to) {
      yield* file.pieces(from, Math.min(to, file.bytes));
      const more = to - Math.max(from, file.bytes);
      if (more > 0) yield Buffer.alloc(more);
    },
  };
}
