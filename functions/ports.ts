// What the stories need from the world. Types only; the makers are in adapters/, the doubles in test/doubles/.
import type { Asset } from './domain/record.ts';

export type Clock = { now(): Date };

/** One line per thing that happened: known fields only, never a token, a body or a lyric. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: LogFields) => void;
type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type Queue = {
  /** Resolves once the queue has the message durably. */
  send(message: string, options: { signal: AbortSignal }): Promise<void>;
  /** Hides a message that was received for a while longer (0 to 12 hours). */
  postpone(receiptHandle: string, delayMs: number): Promise<void>;
};

/** Two tokens may be valid at once, so that one can be rotated. */
export type CallbackSecret = { tokens: readonly string[]; kieWebhookKey: string | null };
export type ReadCallbackSecret = () => Promise<CallbackSecret>;

/** What a write depends on; without it the write is unconditional. */
export type Condition = 'absent' | { etag: string };
type ObjectFacts = { etag: string; bytes: number; crc32: string | null; taskId: string | null };
export type ObjectHead = {
  contentType: string;
  contentDisposition?: string;
  /** Values are made safe for headers by the adapter. */
  metadata?: Readonly<Record<string, string>>;
};

/** The bucket. `false`: the condition did not hold, and nothing was written. */
export type Bucket = {
  read(key: string): Promise<{ text: string; etag: string } | undefined>;
  facts(key: string): Promise<ObjectFacts | undefined>;
  write(key: string, body: Uint8Array | string, head: ObjectHead, condition?: Condition): Promise<boolean>;
  startUpload(key: string, head: ObjectHead): Promise<Upload>;
};

/** A large object on its way: visible only once it is completed. Parts are copied before `part` resolves. */
export type Upload = {
  part(bytes: Uint8Array): Promise<void>;
  complete(whole: { bytes: number; crc32: string }, condition?: Condition): Promise<boolean>;
  abort(): Promise<void>;
};

/** A file at its host, opened. `promisedBytes` is null where the host did not say. */
export type OpenedSource = { promisedBytes: number | null; body: AsyncIterable<Uint8Array> };
/** Whoever opens a source reads from it, or its connection stays. @throws TransferError, also for a promise over `maxBytes` */
export type OpenSource = (url: string, options: { signal: AbortSignal; maxBytes: number }) => Promise<OpenedSource>;

/** `durationSeconds`: what the callback says of the file's length. */
export type TransferJob = {
  taskId: string;
  title: string;
  durationSeconds: number | null;
  asset: Asset;
  url: string;
};
export type Transferred = {
  state: 'stored' | 'quarantined';
  key: string;
  bytes: number;
  crc32: string;
  sha256: string;
  contentType: string;
  suspect: string | null;
};
/** From one source to one object, whole or not at all. @throws TransferError */
export type Transfer = (job: TransferJob, options: { signal: AbortSignal }) => Promise<Transferred>;
