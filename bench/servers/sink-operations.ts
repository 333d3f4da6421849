// As much of S3 as the transfers of the bench ask for. Everything is answered as S3 would, but nothing large is kept, and
// checksums are compared only if the sink was told to verify.
import type { IncomingHttpHeaders } from 'node:http';
import { xmlContents, xmlDocument, xmlText } from '../../infra/local/s3/xml.ts';
import type { Received } from './receive-body.ts';
import { joinParts, type SinkStore } from './sink-store.ts';

export type Call = { key: string; query: URLSearchParams; headers: IncomingHttpHeaders; received: Received };
export type Answer = { status?: number; headers?: Record<string, string>; body?: string };
type Operation = { is: (method: string, call: Call) => boolean; answer: (call: Call, store: SinkStore) => Answer };

const operations: readonly Operation[] = [
  { is: (method, { key }) => key === '' && method === 'HEAD', answer: () => ({}) },
  { is: (method, { query }) => method === 'POST' && query.has('uploads'), answer: startUpload },
  { is: (method, { query }) => method === 'POST' && query.has('uploadId'), answer: complete },
  { is: (method, { query }) => method === 'PUT' && query.has('uploadId'), answer: putPart },
  { is: (method, { query }) => method === 'DELETE' && query.has('uploadId'), answer: abort },
  { is: (method, { query }) => method === 'GET' && query.has('uploadId'), answer: listParts },
  { is: (method, { key, headers }) => method === 'PUT' && key !== '' && !headers['x-amz-copy-source'], answer: put },
  { is: (method, { key }) => (method === 'GET' || method === 'HEAD') && key !== '', answer: get },
];

export function answerCall(method: string, call: Call, store: SinkStore): Answer {
  const operation = operations.find(({ is }) => is(method, call));
  if (operation !== undefined) return operation.answer(call, store);
  return failure(501, 'NotImplemented', `The bench's sink does not know ${method} /${call.key}?${call.query}`);
}

function failure(status: number, code: string, message: string): Answer {
  return { status, body: xmlDocument('Error', { Code: code, Message: message }) };
}

const noSuchUpload = () => failure(404, 'NoSuchUpload', 'There is no such upload.');

/** The checksum that the client sent, unless it differs from the one that was computed here. */
function checkedCrc32({ headers }: Call, computed: number | undefined): string | undefined | 'differs' {
  const given = headers['x-amz-checksum-crc32']?.toString();
  if (computed === undefined) return given;
  const four = Buffer.alloc(4);
  four.writeUInt32BE(computed);
  const own = four.toString('base64');
  return given === undefined || given === own ? own : 'differs';
}

const badDigest = () => failure(400, 'BadDigest', 'The CRC32 is not that of the bytes that came.');

function put(call: Call, store: SinkStore): Answer {
  const { key, headers, received } = call;
  if (isRefused(call, store)) return failure(412, 'PreconditionFailed', 'The condition does not hold.');
  const crc32 = checkedCrc32(call, received.crc32);
  if (crc32 === 'differs') return badDigest();
  const etag = store.nextEtag();
  store.put(key, { etag, bytes: received.bytes, text: received.text, crc32, headers: keptHeaders(headers) });
  return { headers: { etag } };
}

function putPart(call: Call, store: SinkStore): Answer {
  const { query, received } = call;
  const upload = store.upload(query.get('uploadId') ?? '');
  if (upload === undefined) return noSuchUpload();
  const crc32 = checkedCrc32(call, received.crc32);
  if (crc32 === 'differs') return badDigest();
  const etag = store.nextEtag();
  upload.parts.set(Number(query.get('partNumber')), { etag, received, crc32 });
  return { headers: { etag, ...checksumHeader(crc32) } };
}

function startUpload({ key, headers }: Call, store: SinkStore): Answer {
  const UploadId = store.startUpload(key, keptHeaders(headers));
  return { body: xmlDocument('InitiateMultipartUploadResult', { Key: key, UploadId }) };
}

function complete(call: Call, store: SinkStore): Answer {
  const { key, query, headers, received } = call;
  const id = query.get('uploadId') ?? '';
  const upload = store.upload(id);
  if (upload === undefined) return noSuchUpload();
  if (isRefused(call, store)) return failure(412, 'PreconditionFailed', 'The condition does not hold.');
  const numbers = xmlContents(received.text, 'Part').map((part) => Number(xmlText(part, 'PartNumber')));
  const parts = numbers.flatMap((number) => upload.parts.get(number) ?? []);
  if (parts.length === 0 || parts.length < numbers.length) return failure(400, 'InvalidPart', 'A part is missing.');
  const whole = joinParts(parts);
  const promised = headers['x-amz-mp-object-size'];
  if (promised !== undefined && Number(promised) !== whole.bytes) {
    return failure(400, 'InvalidRequest', `The parts have ${whole.bytes} bytes together, not ${promised}.`);
  }
  const crc32 = checkedCrc32(call, whole.crc32);
  if (crc32 === 'differs') return badDigest();
  const etag = store.nextEtag();
  store.put(key, { etag, bytes: whole.bytes, text: '', crc32, headers: upload.headers });
  store.endUpload(id);
  return { body: xmlDocument('CompleteMultipartUploadResult', { Key: key, ETag: etag, ChecksumCRC32: crc32 }) };
}

function abort({ query }: Call, store: SinkStore): Answer {
  return store.endUpload(query.get('uploadId') ?? '') ? { status: 204 } : noSuchUpload();
}

function listParts({ key, query }: Call, store: SinkStore): Answer {
  const UploadId = query.get('uploadId') ?? '';
  const upload = store.upload(UploadId);
  if (upload === undefined) return noSuchUpload();
  const Part = [...upload.parts]
    .sort(([one], [other]) => one - other)
    .map(([PartNumber, { etag, received, crc32 }]) => {
      return { PartNumber, ETag: etag, Size: received.bytes, ...(crc32 !== undefined && { ChecksumCRC32: crc32 }) };
    });
  return { body: xmlDocument('ListPartsResult', { Key: key, UploadId, IsTruncated: false, Part }) };
}

function get({ key }: Call, store: SinkStore): Answer {
  const object = store.object(key);
  if (object === undefined) return failure(404, 'NoSuchKey', 'There is no such object.');
  const { etag, bytes, text, crc32, headers } = object;
  const described = { ...headers, etag, 'content-length': String(bytes), 'x-amz-checksum-type': 'FULL_OBJECT' };
  return { headers: { ...described, ...checksumHeader(crc32) }, body: text };
}

function isRefused({ key, headers }: Call, store: SinkStore): boolean {
  const found = store.object(key);
  const expected = headers['if-match'];
  return (
    (headers['if-none-match'] === '*' && found !== undefined) || (expected !== undefined && found?.etag !== expected)
  );
}

const checksumHeader = (crc32: string | undefined): Record<string, string> =>
  crc32 === undefined ? {} : { 'x-amz-checksum-crc32': crc32 };

/** What a later HEAD tells of an object. */
function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-') || name === 'content-type');
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
