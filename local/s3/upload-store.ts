// Multipart uploads in progress, a folder each: `upload.json` and the parts. A part's file name contains all its
// metadata, so one rename publishes the part, and a restart finds every part.
import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createKeyLock,
  type Joined,
  joinFiles,
  readJsonFile,
  unlessFileMissing,
  writeJsonFile,
} from './bucket-files.ts';
import { noSuchUpload } from './call.ts';
import { compareKeys, type DiskLayout } from './disk-layout.ts';
import type { StoredObject } from './object-store.ts';
import type { ReceivedBody } from './receive-body.ts';

export type StoredUpload = {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  readonly headers: Readonly<Record<string, string>>;
};

const uploadId = /^[0-9a-f-]{36}$/;

/** One part of an upload on disk. */
export type StoredPart = {
  readonly number: number;
  readonly size: number;
  /** In hexadecimal. */
  readonly md5: string;
  readonly crc32: number;
  readonly modified: number;
};

type Completed = { readonly bucket: string; readonly key: string; readonly object: StoredObject };

/**
 * How long a repeated Complete gets the same response as the first. S3 documents no time; a day is longer than any
 * client retries.
 */
const rememberedMs = 24 * 60 * 60 * 1000;

export function createUploadStore(layout: DiskLayout, now: () => number) {
  const folderOf = (id: string) => join(layout.uploadsFolder, id);
  const completedFile = (id: string) => join(layout.completedFolder, `${id}.json`);

  async function find(bucket: string, key: string, id: string): Promise<StoredUpload> {
    const upload = uploadId.test(id) ? await readJsonFile<StoredUpload>(join(folderOf(id), 'upload.json')) : undefined;
    if (upload?.bucket !== bucket || upload.key !== key) throw noSuchUpload();
    return upload;
  }

  async function parts({ id }: StoredUpload): Promise<StoredPart[]> {
    const names = await readdir(folderOf(id));
    const found = names.flatMap((name) => readPartFileName(name) ?? []);
    // A crash while a part is replaced leaves both: the later one counts.
    const latest = new Map(found.sort((a, b) => a.modified - b.modified).map((part) => [part.number, part]));
    return [...latest.values()].sort((a, b) => a.number - b.number);
  }

  async function filesOfPart({ id }: StoredUpload, number: number): Promise<string[]> {
    const names = await readdir(folderOf(id));
    return names.filter((name) => name.startsWith(`${number}.`)).map((name) => join(folderOf(id), name));
  }

  return {
    find,
    parts,

    /** One operation at a time per upload, so that its parts do not change while they are read. */
    exclusively: createKeyLock(),

    async create(bucket: string, key: string, headers: StoredUpload['headers']): Promise<StoredUpload> {
      const upload = { id: randomUUID(), bucket, key, initiated: now(), headers };
      await writeJsonFile(join(folderOf(upload.id), 'upload.json'), upload);
      return upload;
    },

    /** In the order of their keys, as S3 lists them. */
    async list(bucket: string): Promise<StoredUpload[]> {
      const ids = await readdir(layout.uploadsFolder);
      const uploads = await Promise.all(ids.map((id) => readJsonFile<StoredUpload>(join(folderOf(id), 'upload.json'))));
      return uploads
        .filter((upload) => upload !== undefined)
        .filter((upload) => upload.bucket === bucket)
        .sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id));
    },

    /** A part that is sent again replaces the earlier one. */
    async addPart(upload: StoredUpload, number: number, { file, size, md5, crc32 }: ReceivedBody): Promise<StoredPart> {
      const part = { number, size, md5, crc32, modified: now() };
      const placed = join(folderOf(upload.id), partFileName(part));
      const before = await filesOfPart(upload, number);
      await rename(file, placed);
      for (const each of before.filter((path) => path !== placed)) await rm(each, { force: true });
      return part;
    },

    async removePart(upload: StoredUpload, number: number): Promise<void> {
      for (const each of await filesOfPart(upload, number)) await rm(each, { force: true });
    },

    join: ({ id }: StoredUpload, chosen: readonly StoredPart[], file: string): Promise<Joined> =>
      joinFiles(
        chosen.map((part) => join(folderOf(id), partFileName(part))),
        file,
      ),

    async abort({ id }: StoredUpload): Promise<void> {
      await rm(folderOf(id), { recursive: true, force: true });
    },

    async complete({ id, bucket, key }: StoredUpload, object: StoredObject): Promise<void> {
      await writeJsonFile(completedFile(id), { bucket, key, object } satisfies Completed);
      await rm(folderOf(id), { recursive: true, force: true });
    },

    async completed(bucket: string, key: string, id: string): Promise<StoredObject | undefined> {
      const known = uploadId.test(id) ? await readJsonFile<Completed>(completedFile(id)) : undefined;
      return known?.bucket === bucket && known.key === key ? known.object : undefined;
    },

    async forgetOldCompletions(): Promise<void> {
      for (const name of (await unlessFileMissing(readdir(layout.completedFolder))) ?? []) {
        const file = join(layout.completedFolder, name);
        const known = await readJsonFile<Completed>(file);
        if (!known || known.object.modified < now() - rememberedMs) await rm(file, { force: true });
      }
    },
  };
}

const fileName = /^(?<number>\d+)\.(?<size>\d+)\.(?<md5>[0-9a-f]{32})\.(?<crc32>\d+)\.(?<modified>\d+)\.part$/;

function readPartFileName(name: string): StoredPart | undefined {
  const groups = fileName.exec(name)?.groups;
  if (!groups) return undefined;
  const { number, size, md5 = '', crc32, modified } = groups;
  return { number: Number(number), size: Number(size), md5, crc32: Number(crc32), modified: Number(modified) };
}

function partFileName({ number, size, md5, crc32, modified }: StoredPart): string {
  return `${number}.${size}.${md5}.${crc32}.${modified}.part`;
}

export type UploadStore = ReturnType<typeof createUploadStore>;
