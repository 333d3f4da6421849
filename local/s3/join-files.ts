// Joins the parts of an upload into a new file. The CRC32 of the object is computed from the bytes that are written,
// not combined from the parts' checksums, so that the client's declaration is compared with what is on disk.

import { open, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

export type Joined = { readonly size: number; readonly crc32: number };

/** One block is in memory at a time; larger blocks were not faster. */
const blockBytes = 1024 ** 2;

/** Copies, so that a crash in the middle loses no part. A failure may leave an incomplete `target`. */
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

/** Reuses one buffer: each block must be processed before the next one is requested. */
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
