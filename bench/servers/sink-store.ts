// The sink's memory: small objects with their bytes; of large ones only their existence and size.
import { crc32Combine } from '../../functions/domain/crc32-combine.ts';

/** `crc32` as S3 writes it, if the client sent it or the sink computed it. */
export type StoredObject = {
  etag: string;
  bytes: number;
  /** Undefined if it was too large to keep. */
  text: string | undefined;
  crc32?: string;
  headers: Record<string, string>;
};
/** `computed`: the CRC32 of the received bytes, if the sink computes it. */
export type StoredPart = { etag: string; bytes: number; crc32: string | undefined; computed: number | undefined };
type Upload = { key: string; headers: Record<string, string>; parts: Map<number, StoredPart> };

export function createSinkStore() {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, Upload>();
  let stored: { key: string; bytes: number; crc32?: string }[] = [];
  let lastId = 0;
  // Deliberately not shaped like an MD5, or clients would compare it with their own.
  const nextId = () => `bench-${++lastId}`;

  return {
    nextEtag: () => `"${nextId()}"`,
    object: (key: string) => objects.get(key),
    upload: (id: string) => uploads.get(id),
    put(key: string, object: StoredObject): void {
      objects.set(key, object);
      stored.push({ key, bytes: object.bytes, crc32: object.crc32 });
    },
    startUpload(key: string, headers: Record<string, string>): string {
      const id = nextId();
      uploads.set(id, { key, headers, parts: new Map() });
      return id;
    },
    endUpload: (id: string) => uploads.delete(id),
    /** Returns what was stored since the last call and how many uploads are open, then forgets it. */
    tally() {
      const tallied = { stored, openUploads: uploads.size };
      stored = [];
      objects.clear();
      uploads.clear();
      return tallied;
    },
  };
}

export type SinkStore = ReturnType<typeof createSinkStore>;

/** `parts` in object order. The CRC32 is undefined if that of a part is. */
export function joinParts(parts: readonly StoredPart[]): { bytes: number; crc32: number | undefined } {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const crc32 = parts.reduce<number | undefined>(
    (before, { computed, bytes: length }) =>
      before === undefined || computed === undefined ? undefined : crc32Combine(before, computed, length),
    0,
  );
  return { bytes, crc32 };
}
