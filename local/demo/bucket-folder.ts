// Reads the local bucket as an owner's program would: plain files, in the layout of docs/storage-layout.md.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as z from 'zod';
import type { ListedPath } from './tree.ts';

const text = z.string().nullable();

/**
 * The fields of a record that the demo shows and checks. Other fields are kept, so that the complete record can be
 * shown.
 */
const record = z.looseObject({
  taskId: z.string(),
  kind: z.string(),
  status: z.string(),
  folder: text,
  labels: z.record(z.string(), z.string()),
  failure: z.looseObject({ code: z.number().nullable(), msg: z.string(), advice: z.string() }).nullable(),
  stages: z.array(z.looseObject({ stage: z.string(), code: z.number() })),
  tracks: z.array(z.looseObject({ trackId: z.string(), title: text, durationSeconds: z.number().nullable() })),
  assets: z.array(
    z.looseObject({
      kind: z.string(),
      trackId: text,
      state: z.string(),
      key: text,
      bytes: z.number().nullable(),
      sha256: text,
      sources: z.array(z.looseObject({ url: z.string() })),
    }),
  ),
});

export type ShownRecord = z.infer<typeof record>;

export type BucketFolder = {
  record: (taskId: string) => Promise<ShownRecord | undefined>;
  bytes: (key: string) => Promise<Buffer | undefined>;
  /** Every file with this prefix, by its complete key. */
  list: (prefix: string) => Promise<ListedPath[]>;
};

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}

export function readBucketFolder(folder: string): BucketFolder {
  const bytes = (key: string) => readFile(join(folder, key)).catch(unlessMissing);
  return {
    bytes,
    record: async (taskId) => {
      const found = await bytes(`tasks/${taskId}.json`);
      return found === undefined ? undefined : record.parse(JSON.parse(found.toString('utf8')));
    },
    list: async (prefix) => {
      const entries = await readdir(join(folder, prefix), { recursive: true, withFileTypes: true }).catch(
        unlessMissing,
      );
      const paths = (entries ?? [])
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name));
      return Promise.all(
        paths.sort().map(async (path) => ({
          path: relative(folder, path).split(sep).join('/'),
          bytes: (await stat(path)).size,
        })),
      );
    },
  };
}
