// The parts of an upload, one after the other in a new file. The CRC32 of the whole is taken from the bytes that are
// written, and not worked out from those of the parts: what a client promises is held against what is there.

import { open, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

export type Joined = { readonly size: number; readonly crc32: number };

/** One block is in memory at a time; larger ones were not faster. */
const blockBytes = 1024 ** 2;

/** Copies, so that a crash in the middle loses no part. A failure may leave the beginning of `target`. */
export async function joinFiles(files: readonly string[], target: string): Promise<Joined> {
  const block = Buffer.allocUnsafe(blockBytes);
  let size = 0;
  let crc = 0;

  async function* blocks() {
    for (const file of files) {
      for await (const bytes of blocksOf(file, block)) {
        size += bytes.length;
        crc = crc32(bytes, crc);
        yield bytes;
      }
    }
  }
  await writeFile(target, blocks());
  return { size, crc32: crc };
}

/** Each time the same memory: a block is done with when the next one is asked for. */
async function* blocksOf(file: string, block: Buffer): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(block);
      if (bytesRead === 0) return;
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
