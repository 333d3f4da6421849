import { rm } from 'node:fs/promises';
import {
  invalidArgument,
  isoTime,
  limitParameter,
  notImplemented,
  numberParameter,
  type S3Call,
  type S3Handler,
  xmlReply,
} from './call.ts';
import { crc32Value } from './checksum.ts';
import { chooseParts, describeWhole, readPartClaims, readPromise, verifyWhole } from './completion.ts';
import { keptHeaders, writeCondition } from './conditions.ts';
import { compareKeys, type DiskLayout } from './disk-layout.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { receiveBody, receiveXml } from './receive-body.ts';
import type { StoredUpload, UploadStore } from './upload-store.ts';

export function uploadOperations(layout: DiskLayout, objects: ObjectStore, uploads: UploadStore) {
  return {
    async CreateMultipartUpload({ bucket, key, headers }) {
      assertWholeChecksum(headers['x-amz-checksum-algorithm'], headers['x-amz-checksum-type']);
      const { id } = await uploads.create(bucket, key, keptHeaders(headers));
      return xmlReply('InitiateMultipartUploadResult', { Bucket: bucket, Key: key, UploadId: id });
    },

    async UploadPart(call) {
      const number = Number(call.query.get('partNumber'));
      if (!Number.isInteger(number) || number < 1 || number > 10_000) {
        throw invalidArgument('A part number is a whole number from 1 to 10000.');
      }
      await findUpload(uploads, call);
      const body = await receiveBody(call, layout.incomingFile());
      const part = await uploads.exclusively(uploadId(call), async () => {
        try {
          return await uploads.addPart(await findUpload(uploads, call), number, body);
        } finally {
          await rm(body.file, { force: true });
        }
      });
      return { status: 200, headers: { etag: `"${part.md5}"`, 'x-amz-checksum-crc32': crc32Value(part.crc32) } };
    },

    async CompleteMultipartUpload(call) {
      const xml = await receiveXml(call);
      const object = await uploads.exclusively(uploadId(call), () => complete(layout, objects, uploads, call, xml));
      return xmlReply('CompleteMultipartUploadResult', {
        Location: `/${call.bucket}/${call.key}`,
        Bucket: call.bucket,
        Key: call.key,
        ETag: object.etag,
        ChecksumCRC32: object.checksum.value,
        ChecksumType: 'FULL_OBJECT',
      });
    },

    async AbortMultipartUpload(call) {
      await uploads.exclusively(uploadId(call), async () => uploads.abort(await findUpload(uploads, call)));
      return { status: 204 };
    },
  } as const satisfies Record<string, S3Handler>;
}

/**
 * By default S3 would compute a checksum of checksums; only a full-object checksum proves that the object is
 * complete.
 */
function assertWholeChecksum(algorithm?: string, type?: string): void {
  if (algorithm === undefined && type === undefined) return;
  if (algorithm === 'CRC32' && type === 'FULL_OBJECT') return;
  throw notImplemented(`uploads with ${algorithm} ${type}; ask for CRC32 and FULL_OBJECT`);
}

function findUpload(uploads: UploadStore, call: S3Call) {
  return uploads.find(call.bucket, call.key, uploadId(call));
}

function uploadId({ query }: S3Call): string {
  return query.get('uploadId') ?? '';
}

/** Atomic and idempotent. */
async function complete(
  layout: DiskLayout,
  objects: ObjectStore,
  uploads: UploadStore,
  call: S3Call,
  xml: string,
): Promise<StoredObject> {
  const { bucket, key, headers } = call;
  const done = await uploads.completed(bucket, key, uploadId(call));
  if (done) return done;

  const upload = await findUpload(uploads, call);
  const condition = writeCondition(headers);
  const promised = readPromise(headers);
  const parts = chooseParts(readPartClaims(xml), await uploads.parts(upload));
  await objects.assertMayWrite(bucket, key, condition);

  const file = layout.incomingFile();
  try {
    const whole = describeWhole(parts, await uploads.join(upload, parts, file));
    verifyWhole(promised, whole);
    const object = await objects.publish(bucket, key, file, { ...whole, headers: upload.headers }, condition);
    await uploads.complete(upload, object);
    return object;
  } finally {
    await rm(file, { force: true });
  }
}

export function uploadLists(uploads: UploadStore) {
  return {
    async ListParts({ bucket, key, query }) {
      const upload = await uploads.find(bucket, key, query.get('uploadId') ?? '');
      const marker = numberParameter(query, 'part-number-marker', 0);
      const maxParts = limitParameter(query, 'max-parts');

      const rest = (await uploads.parts(upload)).filter(({ number }) => number > marker);
      const page = rest.slice(0, maxParts);
      return xmlReply('ListPartsResult', {
        Bucket: bucket,
        Key: key,
        UploadId: upload.id,
        PartNumberMarker: marker,
        NextPartNumberMarker: page.at(-1)?.number,
        MaxParts: maxParts,
        IsTruncated: rest.length > page.length,
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
        Part: page.map(({ number, size, md5, crc32, modified }) => ({
          PartNumber: number,
          LastModified: isoTime(modified),
          ETag: `"${md5}"`,
          Size: size,
          ChecksumCRC32: crc32Value(crc32),
        })),
      });
    },

    async ListMultipartUploads({ bucket, query }) {
      const prefix = query.get('prefix') ?? '';
      const maxUploads = limitParameter(query, 'max-uploads');
      const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];

      const all = (await uploads.list(bucket)).filter(({ key }) => key.startsWith(prefix));
      const rest = all.filter((upload) => isAfter(upload, keyMarker, idMarker));
      const page = rest.slice(0, maxUploads);
      return xmlReply('ListMultipartUploadsResult', {
        Bucket: bucket,
        Prefix: prefix,
        KeyMarker: keyMarker,
        UploadIdMarker: idMarker,
        NextKeyMarker: page.at(-1)?.key,
        NextUploadIdMarker: page.at(-1)?.id,
        MaxUploads: maxUploads,
        IsTruncated: rest.length > page.length,
        Upload: page.map(({ key, id, initiated }) => ({ Key: key, UploadId: id, Initiated: isoTime(initiated) })),
      });
    },
  } as const satisfies Record<string, S3Handler>;
}

/** Without an id the marker covers all uploads of its key. */
function isAfter({ key, id }: StoredUpload, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== '' && compareKeys(id, idMarker) > 0);
}
