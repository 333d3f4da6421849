import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeChunks } from '../../../local/s3/bucket-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackkeeper-chunks-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function* each(chunks: readonly Buffer[]) {
  yield* chunks;
}

test('chunks of any sizes are in the file as they came', async () => {
  const sizes = fc.oneof(fc.nat(9), fc.constantFrom(1, 65_536, 1024 ** 2 - 1, 1024 ** 2, 1024 ** 2 + 1));

  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { maxLength: 40 }), async (list) => {
      const chunks = list.map((size, index) => Buffer.alloc(size, index + 1));
      const file = join(folder, randomUUID());

      await writeChunks(each(chunks), file);

      expect(Buffer.concat(chunks).equals(await readFile(file))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('more chunks than the system takes in one write are all there', async () => {
  const chunks = Array.from({ length: 5000 }, (_, index) => Buffer.from([index % 251]));

  await writeChunks(each(chunks), join(folder, 'many'));

  expect(Buffer.concat(chunks).equals(await readFile(join(folder, 'many')))).toBe(true);
});

test('a body that fails fails the write', async () => {
  async function* failing() {
    yield Buffer.from('x');
    throw new Error('cut');
  }

  await expect(writeChunks(failing(), join(folder, 'cut'))).rejects.toThrow('cut');
});

test('a file that is there is never written over', async () => {
  await writeChunks(each([Buffer.from('first')]), join(folder, 'taken'));

  await expect(writeChunks(each([Buffer.from('second')]), join(folder, 'taken'))).rejects.toThrow('EEXIST');
  expect(await readFile(join(folder, 'taken'), 'utf8')).toBe('first');
});
