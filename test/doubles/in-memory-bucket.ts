// A bucket in memory that keeps S3's rules: conditions, ETags, uploads that are seen only once they are complete.
// Deliberately without the 5 MiB minimum of a part, so that tests can use small ones.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Bucket, Condition, ObjectHead } from '../../functions/ports.ts';

type StoredObject = { bytes: Buffer; etag: string; crc32: string; head: ObjectHead };
export type InMemoryBucket = ReturnType<typeof inMemoryBucket>;

export function inMemoryBucket() {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<symbol, string>();

  const holds = (key: string, condition?: Condition) => {
    const standing = objects.get(key);
    if (condition === undefined) return true;
    return condition === 'absent' ? standing === undefined : standing?.etag === condition.etag;
  };

  const bucket: Bucket = {
    async read(key) {
      const found = objects.get(key);
      return found === undefined ? undefined : { text: found.bytes.toString(), etag: found.etag };
    },

    async facts(key) {
      const found = objects.get(key);
      if (found === undefined) return undefined;
      const { etag, bytes, head } = found;
      return { etag, bytes: bytes.length, crc32: found.crc32, taskId: head.metadata?.taskid ?? null };
    },

    async write(key, body, head, condition) {
      if (!holds(key, condition)) return false;
      const bytes = Buffer.from(body);
      objects.set(key, { bytes, etag: `"${md5(bytes)}"`, crc32: crc32Of(bytes), head });
      return true;
    },

    async startUpload(key, head) {
      const id = Symbol(key);
      const parts: Buffer[] = [];
      uploads.set(id, key);
      const assertOpen = () => {
        if (!uploads.has(id)) throw new Error('NoSuchUpload: the upload was completed or aborted');
      };
      return {
        async part(bytes) {
          assertOpen();
          parts.push(Buffer.from(bytes));
        },
        async complete(whole, condition) {
          assertOpen();
          const bytes = Buffer.concat(parts);
          if (parts.length === 0) throw new Error('MalformedXML: an upload has at least one part');
          if (bytes.length !== whole.bytes) throw new Error('InvalidRequest: the size is not that of the parts');
          if (crc32Of(bytes) !== whole.crc32) throw new Error('BadDigest: the CRC32 is not that of the parts');
          // As in S3, an upload whose condition does not hold stays open until it is aborted.
          if (!holds(key, condition)) return false;
          uploads.delete(id);
          const etag = `"${md5(Buffer.concat(parts.map((part) => Buffer.from(md5(part), 'hex'))))}-${parts.length}"`;
          objects.set(key, { bytes, etag, crc32: crc32Of(bytes), head });
          return true;
        },
        async abort() {
          assertOpen();
          uploads.delete(id);
        },
      };
    },
  };

  return {
    ...bucket,
    objects,
    keys: () => [...objects.keys()].sort(),
    /** The keys of uploads that were neither completed nor aborted. */
    openUploads: () => [...uploads.values()],
  };
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

function crc32Of(bytes: Buffer): string {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(crc32(bytes));
  return four.toString('base64');
}
