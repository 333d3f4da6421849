// What the sink remembers: small objects with their bytes, of large ones only that they came, and how long they are.
import { crc32Combine } from '../../infra/local/s3/crc32-combine.ts';
import type { Received } from './receive-body.ts';

/** `crc32` as S3 writes it, where the client gave it or the sink computed it. */
export type StoredObject = {
  etag: string;
  bytes: number;
  text: string;
  crc32?: string;
  headers: Record<string, string>;
};
export type StoredPart = { etag: string; received: Received; crc32?: string };
export type Upload = { key: string; headers: Record<string, string>; parts: Map<number, StoredPart> };

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
    /** What was stored since the last time, and how many uploads were left open; then all of it is forgotten. */
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

export function joinParts(parts: readonly StoredPart[]): { bytes: number; crc32: number | undefined } {
  const bytes = parts.reduce((sum, { received }) => sum + received.bytes, 0);
  const crc32 = parts.reduce<number | undefined>(
    (before, { received }) =>
      before === undefined || received.crc32 === undefined
        ? undefined
        : crc32Combine(before, received.crc32, received.bytes),
    0,
  );
  return { bytes, crc32 };
}
