import { open } from 'node:fs/promises';

/**
 * A body arrives in chunks of 64 KiB at most. Writing them one by one took 3.3 s for 1 GiB, in blocks of this size
 * 2.8 s (medians of 10 runs).
 */
const gatheredBytes = 1024 ** 2;

/** `file` must not exist yet. A failure may leave an incomplete file. */
export async function writeChunks(chunks: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const handle = await open(file, 'wx');
  let gathered: Uint8Array[] = [];
  let bytes = 0;

  async function write(): Promise<void> {
    const { bytesWritten } = await handle.writev(gathered);
    if (bytesWritten !== bytes) throw new Error(`Only ${bytesWritten} of ${bytes} bytes could be written to ${file}.`);
    gathered = [];
    bytes = 0;
  }

  try {
    for await (const chunk of chunks) {
      gathered.push(chunk);
      bytes += chunk.length;
      if (bytes >= gatheredBytes) await write();
    }
    if (bytes > 0) await write();
  } finally {
    await handle.close();
  }
}
