import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { joinFiles } from '../../../local/s3/bucket-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackkeeper-join-'));
});
afterAll(() => rm(folder, { recursive: true }));

const MiB = 1024 ** 2;
/** Around the block that is read at once, and smaller. */
const sizes = fc.oneof(fc.nat(9), fc.constantFrom(MiB - 1, MiB, MiB + 1, 2 * MiB + 3));
const contents = sizes.map((size) => Buffer.alloc(size, `${size} bytes of a part `));

test('files become one, in their order, with the size and CRC32 of what was written', async () => {
  const target = join(folder, 'whole');

  await fc.assert(
    fc.asyncProperty(fc.array(contents, { maxLength: 4 }), async (parts) => {
      const files = parts.map((_, index) => join(folder, `part-${index}`));
      await Promise.all(files.map((file, index) => writeFile(file, parts[index] ?? '')));

      const joined = await joinFiles(files, target);

      const whole = Buffer.concat(parts);
      expect(whole.equals(await readFile(target))).toBe(true);
      expect(joined).toEqual({ size: whole.length, crc32: crc32(whole) });
    }),
    { numRuns: 30 },
  );
});

test('a file that is missing fails the whole', async () => {
  await writeFile(join(folder, 'there'), 'x');

  await expect(joinFiles([join(folder, 'there'), join(folder, 'missing')], join(folder, 'none'))).rejects.toThrow(
    'ENOENT',
  );
});
