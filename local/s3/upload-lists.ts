import type { Handler } from './call.ts';
import { crc32Value } from './checksum.ts';
import { compareKeys } from './key.ts';
import { limitParameter, numberParameter } from './number-parameter.ts';
import { isoTime, xmlReply } from './reply.ts';
import type { Upload, UploadStore } from './upload-store.ts';

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
  } as const satisfies Record<string, Handler>;
}

/** Without an id the marker covers all uploads of its key. */
function isAfter({ key, id }: Upload, keyMarker: string, idMarker: string): boolean {
  const order = compareKeys(key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== '' && compareKeys(id, idMarker) > 0);
}
