import { open } from 'node:fs/promises';

/** A body comes in chunks of 64 KiB at most. Written one by one they took 3.3 s for 1 GiB, gathered to this 2.8 (medians of 10 runs). */
const gatheredBytes = 1024 ** 2;

/** `file` must not be there yet. A failure may leave the beginning of it. */
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
