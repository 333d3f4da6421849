import type { Dirent } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError } from '../aws-json.ts';
import { unlessFileMissing } from './bucket-files.ts';
import { isoTime, limitParameter, type S3Call, type S3Handler, xmlReply } from './call.ts';
import { bucketName, compareKeys, type DiskLayout, endOfPrefix, keyProblem } from './disk-layout.ts';
import type { ObjectStore } from './object-store.ts';

export async function assertBucket(layout: DiskLayout, bucket: string): Promise<void> {
  const found = bucketName.test(bucket) && (await unlessFileMissing(stat(layout.bucketFolder(bucket))))?.isDirectory();
  if (!found) throw new AwsError('NoSuchBucket', `There is no bucket ${bucket}: create it first.`, { status: 404 });
}

export function bucketOperations(layout: DiskLayout, objects: ObjectStore) {
  return {
    /** As in us-east-1, creating one's own bucket again is no error. */
    async CreateBucket({ bucket }) {
      if (!bucketName.test(bucket)) {
        throw new AwsError('InvalidBucketName', 'A bucket name has 3 to 63 characters: a-z, 0-9, dots and dashes.');
      }
      await mkdir(layout.bucketFolder(bucket), { recursive: true });
      return { status: 200, headers: { location: `/${bucket}` } };
    },

    HeadBucket: async () => ({ status: 200 }),

    ListObjectsV2: (call) => listObjects(layout, objects, call),
  } as const satisfies Record<string, S3Handler>;
}

async function listObjects(layout: DiskLayout, objects: ObjectStore, { bucket, query }: S3Call) {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const maxKeys = limitParameter(query, 'max-keys');
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();

  const keys = walkKeys(layout.bucketFolder(bucket), { prefix, after });
  const { next, ...page } = await listPage(keys, { prefix, delimiter, maxKeys });
  const found = await Promise.all(page.keys.map(async (key) => ({ key, object: await objects.find(bucket, key) })));

  return xmlReply('ListBucketResult', {
    Name: bucket,
    Prefix: prefix,
    Delimiter: delimiter || undefined,
    MaxKeys: maxKeys,
    KeyCount: page.keys.length + page.commonPrefixes.length,
    IsTruncated: next !== undefined,
    NextContinuationToken: next && Buffer.from(next).toString('base64url'),
    // An object may be deleted while the page is read.
    Contents: found.flatMap(({ key, object }) =>
      object
        ? {
            Key: key,
            LastModified: isoTime(object.modified),
            ETag: object.etag,
            Size: object.size,
            StorageClass: 'STANDARD',
          }
        : [],
    ),
    CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: each })),
  });
}

type KeySpan = { readonly prefix: string; readonly after: string };

/** Yields a bucket's keys with `prefix` after `after` in S3's order, reading folders only as needed. */
async function* walkKeys(folder: string, span: KeySpan, base = ''): AsyncGenerator<string> {
  const entries = (await unlessFileMissing(readdir(folder, { withFileTypes: true }))) ?? [];
  for (const entry of entries.map(withKey).sort((a, b) => compareKeys(a.key, b.key))) {
    const key = `${base}${entry.key}`;
    if (entry.isFolder && mayHold(key, span)) yield* walkKeys(join(folder, entry.name), span, key);
    if (entry.isFile && isWithin(key, span)) yield key;
  }
}

/** A folder is sorted by its name with the slash, as its keys are: `a-b` before `a/c`. */
function withKey(entry: Dirent) {
  const isFolder = entry.isDirectory();
  return { name: entry.name, key: isFolder ? `${entry.name}/` : entry.name, isFolder, isFile: entry.isFile() };
}

function mayHold(folder: string, { prefix, after }: KeySpan): boolean {
  const mayMatch = folder.startsWith(prefix) || prefix.startsWith(folder);
  return mayMatch && compareKeys(endOfPrefix(folder), after) > 0;
}

/** A person may have added files whose names cannot be keys. */
function isWithin(key: string, { prefix, after }: KeySpan): boolean {
  return key.startsWith(prefix) && compareKeys(key, after) > 0 && !keyProblem(key);
}

type PageRequest = { readonly prefix: string; readonly delimiter: string; readonly maxKeys: number };

type ListedPage = {
  readonly keys: string[];
  /** The parts up to the delimiter that several keys share; the list contains them in place of those keys. */
  readonly commonPrefixes: string[];
  /** Set if there are more keys: the next page starts after this one. */
  readonly next?: string;
};

async function listPage(keys: AsyncIterable<string>, request: PageRequest): Promise<ListedPage> {
  const page: ListedPage = { keys: [], commonPrefixes: [] };
  let last: string | undefined;

  for await (const key of keys) {
    const group = groupOf(key, request);
    if (group !== undefined && group === page.commonPrefixes.at(-1)) continue;
    if (page.keys.length + page.commonPrefixes.length === request.maxKeys) return { ...page, next: last };
    if (group === undefined) page.keys.push(key);
    else page.commonPrefixes.push(group);
    last = group === undefined ? key : endOfPrefix(group);
  }
  return page;
}

function groupOf(key: string, { prefix, delimiter }: PageRequest): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}
