// A bucket in memory that keeps S3's rules: conditions, ETags, uploads that are seen only once they are complete.
// Deliberately without the 5 MiB minimum of a part, so that tests can use small ones.
import { createHash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeCrc32 } from '../../functions/domain/crc32-combine.ts';
import { TransferError, UnavailableError } from '../../functions/domain/errors.ts';
import type { Bucket, Condition, ObjectBody, ObjectHead, Part, Upload } from '../../functions/ports.ts';

type StoredObject = { bytes: Buffer; etag: string; crc32: string; head: ObjectHead };
type OpenUpload = { key: string; head: ObjectHead; parts: Map<number, Part & { content: Buffer }> };
export type InMemoryBucket = ReturnType<typeof inMemoryBucket>;

export function inMemoryBucket() {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, OpenUpload>();

  const holds = (key: string, condition?: Condition) => {
    const standing = objects.get(key);
    if (condition === undefined) return true;
    return condition === 'absent' ? standing === undefined : standing?.etag === condition.etag;
  };
  const openUpload = (key: string, id: string) => {
    const found = uploads.get(id);
    return found?.key === key ? found : undefined;
  };

  const bucket: Bucket = {
    async read(key) {
      const found = objects.get(key);
      return found === undefined ? undefined : { text: found.bytes.toString(), etag: found.etag };
    },

    async head(key) {
      const found = objects.get(key);
      if (found === undefined) return undefined;
      const { etag, bytes, head } = found;
      const { taskid, asset = null } = head.metadata ?? {};
      return { etag, bytes: bytes.length, crc32: found.crc32, taskId: taskid?.toWellFormed() ?? null, asset };
    },

    async write(key, body, head, condition) {
      if (!holds(key, condition)) return false;
      const bytes = joined(body);
      if (head.crc32 !== undefined && head.crc32 !== crc32(bytes))
        throw new UnavailableError('BadDigest: it is not its CRC32');
      const etag = `"${md5(bytes)}"`;
      objects.set(key, { bytes, etag, crc32: crc32Of(bytes), head });
      return { etag };
    },

    async startUpload(key, head) {
      const id = randomUUID();
      uploads.set(id, { key, head, parts: new Map() });
      return id;
    },

    uploadsAt: async (key) => [...uploads].flatMap(([id, upload]) => (upload.key === key ? [id] : [])),

    upload(key, id): Upload {
      return {
        async part(number, bytes, crc) {
          if (!(number >= 1 && number <= 10_000))
            throw new UnavailableError('InvalidArgument: a part number is 1 to 10,000');
          const open = openUpload(key, id);
          if (open === undefined) throw new TransferError('upload_gone', 'there is no such upload');
          const content = Buffer.from(bytes);
          if (crc !== crc32(content)) throw new UnavailableError('BadDigest: it is not its CRC32');
          const part = { number, etag: `"${md5(content)}"`, bytes: content.length, crc32: crc32Of(content) };
          open.parts.set(number, { ...part, content });
          return part;
        },

        async parts() {
          const open = openUpload(key, id);
          if (open === undefined) return undefined;
          const found = [...open.parts.values()].sort((one, other) => one.number - other.number);
          return found.map(({ content: _, ...part }) => part);
        },

        async complete(parts, whole, condition) {
          const open = openUpload(key, id);
          if (open === undefined) return 'gone';
          const chosen = choose(parts, open);
          // As in S3, an upload whose condition does not hold stays open until it is aborted.
          if (!holds(key, condition)) return 'refused';
          const bytes = Buffer.concat(chosen);
          if (bytes.length !== whole.bytes) throw new TransferError('store_failed', 'InvalidRequest: another size');
          if (crc32Of(bytes) !== whole.crc32) throw new TransferError('store_failed', 'BadDigest: another CRC32');
          uploads.delete(id);
          const etag = `"${md5(Buffer.concat(chosen.map((part) => Buffer.from(md5(part), 'hex'))))}-${chosen.length}"`;
          objects.set(key, { bytes, etag, crc32: crc32Of(bytes), head: open.head });
          return 'done';
        },

        async abort() {
          if (openUpload(key, id) !== undefined) uploads.delete(id);
        },
      };
    },
  };

  return {
    ...bucket,
    objects,
    keys: () => [...objects.keys()].sort(),
    /** The keys of uploads that were neither completed nor aborted. */
    openUploads: () => [...uploads.values()].map(({ key }) => key),
    /** As if S3 had lost it. */
    dropPart: (key: string, id: string, number: number) => openUpload(key, id)?.parts.delete(number),
  };
}

/** @throws TransferError `store_failed` where they are not those that arrived, or not in the order of their numbers */
function choose(named: readonly Part[], { parts }: OpenUpload): Buffer[] {
  if (named.length === 0) throw new UnavailableError('MalformedXML: at least one part is to be named');
  if (named.some(({ number }, index) => number <= (named[index - 1]?.number ?? 0))) {
    throw new TransferError('store_failed', 'InvalidPartOrder');
  }
  return named.map(({ number, etag, crc32 }) => {
    const found = parts.get(number);
    if (found?.etag === etag && found.crc32 === crc32) return found.content;
    throw new TransferError('store_failed', `InvalidPart: part ${number}`);
  });
}

function joined(body: ObjectBody): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  return body instanceof Uint8Array ? Buffer.from(body) : Buffer.concat(body);
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

function crc32Of(bytes: Buffer): string {
  return encodeCrc32(crc32(bytes));
}
