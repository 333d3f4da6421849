import { mkdir, stat } from 'node:fs/promises';
import { AwsError } from '../aws-error.ts';
import type { Call, Handler } from './call.ts';
import { bucketName, type DiskLayout } from './disk-layout.ts';
import { listPage } from './list-page.ts';
import { unlessMissing } from './missing.ts';
import { limitParameter } from './number-parameter.ts';
import type { ObjectStore } from './object-store.ts';
import { isoTime, xmlReply } from './reply.ts';
import { walkKeys } from './walk-keys.ts';

export async function assertBucket(layout: DiskLayout, bucket: string): Promise<void> {
  const found = bucketName.test(bucket) && (await unlessMissing(stat(layout.bucketFolder(bucket))))?.isDirectory();
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
  } as const satisfies Record<string, Handler>;
}

async function listObjects(layout: DiskLayout, objects: ObjectStore, { bucket, query }: Call) {
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
