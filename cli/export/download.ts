import { createReadStream } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import type { BucketReader } from '../../client/target.ts';
import { createMeasure, differenceOf, type KeptFile } from '../verify/kept-file.ts';

type Downloaded = { outcome: 'written' | 'kept' } | { outcome: 'refused'; detail: string };
type Download = { bucket: BucketReader; file: KeptFile; path: string; onBytes: (bytes: number) => void };

/** Complete and verified under its name, or not there at all; existing files are never overwritten. */
export async function download({ bucket, file, path, onBytes }: Download): Promise<Downloaded> {
  const standing = await sizeOf(path);
  if (standing !== undefined) {
    const isSame = standing === file.bytes && (await isWhole(path, file));
    if (isSame) onBytes(file.bytes);
    return isSame ? { outcome: 'kept' } : refused('another file stands there: move it away, or choose another folder');
  }
  const chunks = await bucket.open(file.key);
  if (chunks === undefined) return refused(`${file.key} is not in the bucket`);

  // The same name in every run, so that the remains of a crash are overwritten.
  const part = `${path}.part`;
  try {
    const measure = createMeasure(file);
    await writeFile(part, counted(measure.through(chunks), onBytes));
    const difference = differenceOf(file, measure.measured());
    if (difference !== undefined) return refused(`${file.key} is damaged: ${difference}`);
    await rename(part, path);
    return { outcome: 'written' };
  } finally {
    await rm(part, { force: true });
  }
}

const refused = (detail: string) => ({ outcome: 'refused', detail }) as const;

async function sizeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

async function isWhole(path: string, file: KeptFile): Promise<boolean> {
  const measure = createMeasure(file);
  const isRead = await drain(measure.through(createReadStream(path))).catch(() => false);
  return isRead && differenceOf(file, measure.measured()) === undefined;
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<true> {
  for await (const _ of chunks);
  return true;
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void) {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}
