// Objects on disk. The file in the bucket's folder is the object; its sidecar file only describes it, and is found by
// the file's size and modification time. One rename therefore publishes bytes and metadata together, a file that a
// person deletes is gone, and a file that a person adds is an object like any other.
//
// Deliberately without fsync: objects survive the end of the process, not a power failure.

import { createReadStream, lstatSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import {
  createKeyLock,
  placeFile,
  readJsonFile,
  removeFile,
  unlessFileMissing,
  writeJsonFile,
} from './bucket-files.ts';
import { noSuchKey } from './call.ts';
import { type Checksum, keptChecksum, startDigests } from './checksum.ts';
import { type WriteCondition, writeProblem } from './conditions.ts';
import type { DiskLayout } from './disk-layout.ts';

export type ObjectDraft = {
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  readonly checksum: Checksum;
  /** Content type, disposition and user metadata, as the headers in which they are received and returned. */
  readonly headers: Readonly<Record<string, string>>;
};

export type StoredObject = ObjectDraft & { readonly modified: number };

/** About half a kilobyte each. */
const maxRemembered = 50_000;

export type ObjectStore = ReturnType<typeof createObjectStore>;

export function createObjectStore(layout: DiskLayout, now: () => number) {
  const lock = createKeyLock();
  /** A cache of sidecar files: a list reads a thousand of them for one page. */
  const remembered = new Map<string, StoredObject>();
  const locked = <T>(bucket: string, key: string, work: () => Promise<T>) => lock(`${bucket}/${key}`, work);

  async function sidecarOf(bucket: string, key: string, file: string): Promise<string | undefined> {
    // Synchronous for the reason given in json-file.ts.
    const stats = await unlessFileMissing((async () => lstatSync(file, { bigint: true }))());
    // Symbolic links are not objects: they may lead out of the folder.
    return stats?.isFile() ? layout.sidecarFile(bucket, key, `${stats.size}-${stats.mtimeNs}`) : undefined;
  }

  async function findObject(bucket: string, key: string) {
    const file = layout.objectFile(bucket, key);
    const sidecar = await sidecarOf(bucket, key, file);
    if (!sidecar) return undefined;
    const known = remembered.get(sidecar) ?? (await readJsonFile<StoredObject>(sidecar));
    const object = known ?? (await describeBytes(file));
    if (!known) await writeJsonFile(sidecar, object);
    remember(sidecar, object);
    return { object, sidecar };
  }

  function remember(sidecar: string, object: StoredObject): void {
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(sidecar, object);
  }

  async function forget(sidecar: string): Promise<void> {
    remembered.delete(sidecar);
    await rm(sidecar, { force: true });
  }

  async function find(bucket: string, key: string): Promise<StoredObject | undefined> {
    return locked(bucket, key, async () => (await findObject(bucket, key))?.object);
  }

  return {
    find,

    /** Until `work` has settled, `file` stays the version that `object` describes. */
    read: <T>(bucket: string, key: string, work: (object: StoredObject, file: string) => Promise<T>): Promise<T> =>
      locked(bucket, key, async () => {
        const found = await findObject(bucket, key);
        if (!found) throw noSuchKey(key);
        return work(found.object, layout.objectFile(bucket, key));
      }),

    /** Checks the condition before the body is received, so that a write that must fail fails early. */
    async assertMayWrite(bucket: string, key: string, condition: WriteCondition): Promise<void> {
      const problem = writeProblem(condition, key, await find(bucket, key));
      if (problem) throw problem;
    },

    /** Moves `file` into the bucket if the condition holds at that moment; otherwise deletes it. */
    publish: (bucket: string, key: string, file: string, draft: ObjectDraft, condition: WriteCondition) =>
      locked(bucket, key, async (): Promise<StoredObject> => {
        try {
          const before = await findObject(bucket, key);
          const problem = writeProblem(condition, key, before?.object);
          if (problem) throw problem;
          const object = { ...draft, modified: now() };
          const sidecar = await sidecarOf(bucket, key, file);
          if (!sidecar) throw new Error(`The received body ${file} is gone.`);
          await writeJsonFile(sidecar, object);
          remember(sidecar, object);
          await placeFile(file, layout.objectFile(bucket, key));
          if (before && before.sidecar !== sidecar) await forget(before.sidecar);
          return object;
        } finally {
          await rm(file, { force: true });
        }
      }),

    remove: (bucket: string, key: string, condition: WriteCondition) =>
      locked(bucket, key, async (): Promise<void> => {
        const before = await findObject(bucket, key);
        const problem = writeProblem(condition, key, before?.object);
        if (problem) throw problem;
        if (!before) return;
        await removeFile(layout.objectFile(bucket, key), layout.bucketFolder(bucket));
        await forget(before.sidecar);
      }),
  };
}

/** The metadata that S3 would store for this file if it had been sent in one PutObject without headers. */
async function describeBytes(file: string): Promise<StoredObject> {
  const digests = startDigests({ sha256: false });
  const { mtimeMs } = await lstat(file);
  await finished(createReadStream(file).on('data', (chunk) => digests.update(Buffer.from(chunk))));
  const found = digests.end();
  return {
    size: found.size,
    etag: `"${found.md5}"`,
    checksum: keptChecksum(found),
    headers: { 'content-type': 'binary/octet-stream' },
    modified: Math.floor(mtimeMs),
  };
}
