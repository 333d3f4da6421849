// Multipart uploads: parts may arrive in any order, concurrently, and again.
import { xmlContents, xmlDocument, xmlText } from '../../local/s3/call.ts';
import {
  type Answer,
  badDigest,
  type Call,
  checkedCrc32,
  checksumHeader,
  conditionFailed,
  failure,
  isRefused,
  keptHeaders,
} from './sink-answers.ts';
import { joinParts, type SinkStore } from './sink-store.ts';

const noSuchUpload = () => failure(404, 'NoSuchUpload', 'There is no such upload.');
const uploadId = ({ query }: Call) => query.get('uploadId') ?? '';

export function startUpload({ key, headers }: Call, store: SinkStore): Answer {
  const UploadId = store.startUpload(key, keptHeaders(headers));
  return { body: xmlDocument('InitiateMultipartUploadResult', { Key: key, UploadId }) };
}

export function putPart(call: Call, store: SinkStore): Answer {
  const { query, received } = call;
  const upload = store.upload(uploadId(call));
  if (upload === undefined) return noSuchUpload();
  const crc32 = checkedCrc32(call, received.crc32);
  if (crc32 === 'differs') return badDigest();
  const etag = store.nextEtag();
  upload.parts.set(Number(query.get('partNumber')), { etag, bytes: received.bytes, crc32, computed: received.crc32 });
  return { headers: { etag, ...checksumHeader(crc32) } };
}

/** S3's page size. */
const maxListed = 1000;

export function listParts(call: Call, store: SinkStore): Answer {
  const { key, query } = call;
  const upload = store.upload(uploadId(call));
  if (upload === undefined) return noSuchUpload();
  const marker = Number(query.get('part-number-marker') ?? 0);
  const maxParts = Math.min(Number(query.get('max-parts') ?? maxListed), maxListed);
  const rest = [...upload.parts].filter(([number]) => number > marker).sort(([one], [other]) => one - other);
  const page = rest.slice(0, maxParts);
  return {
    body: xmlDocument('ListPartsResult', {
      Key: key,
      UploadId: uploadId(call),
      PartNumberMarker: marker,
      NextPartNumberMarker: page.at(-1)?.[0],
      MaxParts: maxParts,
      IsTruncated: rest.length > page.length,
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'FULL_OBJECT',
      Part: page.map(([PartNumber, { etag, bytes, crc32 }]) => {
        return { PartNumber, ETag: etag, Size: bytes, ChecksumCRC32: crc32 };
      }),
    }),
  };
}

export function completeUpload(call: Call, store: SinkStore): Answer {
  const { key, headers, received } = call;
  const upload = store.upload(uploadId(call));
  if (upload === undefined) return noSuchUpload();
  if (isRefused(call, store)) return conditionFailed();

  const named = xmlContents(received.text ?? '', 'Part').map((part) => {
    return { number: Number(xmlText(part, 'PartNumber')), etag: xmlText(part, 'ETag') };
  });
  if (named.some(({ number }, index) => number <= (named[index - 1]?.number ?? 0))) {
    return failure(400, 'InvalidPartOrder', 'The parts are not in the order of their numbers.');
  }
  const parts = named.flatMap(({ number, etag }) => {
    const part = upload.parts.get(number);
    return part !== undefined && part.etag === etag ? [part] : [];
  });
  if (parts.length === 0 || parts.length < named.length) {
    return failure(400, 'InvalidPart', 'A part is missing, or another one came under its number since.');
  }

  const whole = joinParts(parts);
  const promised = headers['x-amz-mp-object-size'];
  if (promised !== undefined && Number(promised) !== whole.bytes) {
    return failure(400, 'InvalidRequest', `The parts have ${whole.bytes} bytes together, not ${promised}.`);
  }
  const crc32 = checkedCrc32(call, whole.crc32);
  if (crc32 === 'differs') return badDigest();
  const etag = store.nextEtag();
  store.put(key, { etag, bytes: whole.bytes, text: undefined, crc32, headers: upload.headers });
  store.endUpload(uploadId(call));
  return { body: xmlDocument('CompleteMultipartUploadResult', { Key: key, ETag: etag, ChecksumCRC32: crc32 }) };
}

export function abortUpload(call: Call, store: SinkStore): Answer {
  return store.endUpload(uploadId(call)) ? { status: 204 } : noSuchUpload();
}
