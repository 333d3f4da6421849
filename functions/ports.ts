// The interfaces through which the functions use the outside world. Types only; the implementations are in adapters/,
// the doubles in test/doubles/.
import type { ParsedCallback } from './domain/callback/family.ts';
import type { Provider, TaskKind } from './domain/record.ts';
import type { Marker } from './domain/schedule.ts';
import type { TaskEvent } from './domain/task-event.ts';

export type Clock = { now(): Date };
/** Resolves after `ms`, or early on abort. Never rejects. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;
/** Starts a measurement; call the result to get elapsed and idle milliseconds. */
export type MeasureCpuHeadroom = () => () => { ms: number; idleMs: number };

/** One line per event: known fields only, never a token, a body or a lyric. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: LogFields) => void;
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type Queue = {
  /**
   * Resolves once the queue has the message durably. `group`: messages of one group never delay those of others; it is
   * the host that the message's work waits for.
   */
  send(message: string, options: { signal: AbortSignal; group?: string | undefined }): Promise<void>;
  /** At most 10, each with a delivery delay of 0 to 900 s. Resolves with whether the queue has each message. */
  sendAll(messages: readonly { message: string; delaySeconds: number; group?: string }[]): Promise<boolean[]>;
  /** Whether messages wait to be received, as far as the queue knows. Never throws. */
  hasWaiting(): Promise<boolean>;
  /** Hides a received message for longer (0 to 12 hours). */
  postpone(receiptHandle: string, delayMs: number): Promise<void>;
};

/** The markers under `schedule/`: the only objects that are ever deleted. */
export type Schedule = {
  /** Markers due until then, earliest first, at most 1,000; `after`: the last marker of the previous page. */
  due(until: Date, after?: Marker): Promise<Marker[]>;
  /** Succeeds also if the marker exists. */
  put(marker: Marker): Promise<void>;
  /** At most 1,000; succeeds also for markers that are gone. */
  remove(markers: readonly Marker[]): Promise<void>;
  /**
   * The number of tasks with a marker, however many each has. `stopping`: once aborted, it throws instead of counting
   * on.
   */
  countTasks(options: { stopping: AbortSignal }): Promise<number>;
};

/** The bus on which the owner's programs listen. */
export type EventBus = {
  /** Resolves once the bus has it. @throws UnavailableError */
  put(event: TaskEvent): Promise<void>;
};

/**
 * Sends a POST to the owner's endpoint. @throws UnavailableError if it does not respond, with a message without the
 * URL's query
 */
export type SendWebhook = (
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ status: number; host: string }>;
/** Forwarded callbacks are signed with each of these keys; with none they are not signed. */
export type ReadWebhookKeys = () => Promise<readonly Uint8Array[]>;
/** Finds the most recently written object under a prefix. */
export type FindLatestKey = (prefix: string) => Promise<string | undefined>;
/** Returns a URL with which anyone may fetch the object for some hours. */
export type PresignUrl = (key: string) => Promise<string>;

/** A provider's API. Never throws, and limits its own time. */
export type ProviderApi = {
  /** Polls for the state of a task. If the provider is unknown, each one with a key is polled in turn. */
  ask(question: ProviderQuestion, options: { signal: AbortSignal }): Promise<ProviderAnswer>;
  /** Another link to the same file, which lives for 20 minutes (kie.ai only). Null: there is none. */
  freshLink(url: string, options: { signal: AbortSignal }): Promise<string | null | 'unavailable'>;
};
export type ProviderQuestion = { provider: Provider; kind: TaskKind; taskId: string };
/** `detail`: text for the owner, without a secret. */
export type ProviderAnswer =
  /**
   * The current state in the form of a callback; without a result yet, an empty one of stage `text`. `said`: its
   * JSON.
   */
  | { outcome: 'answered'; callback: ParsedCallback; said: string }
  /** The id is unknown. */
  | { outcome: 'unknown'; detail: string }
  /** `refusal`: the key is not accepted, or the account has no credits; null: there is no key. */
  | { outcome: 'refused'; detail: string; refusal: 'key' | 'credits' | null }
  /** Too many requests, down, or not understood. */
  | { outcome: 'unavailable'; detail: string; retryAfterMs: number | null };

/** Two of each may be valid at once, so that they can be replaced; without a key no signature is required. */
export type CallbackSecret = { tokens: readonly string[]; kieWebhookKeys: readonly string[] };
/**
 * `fresh`: read within the last seconds, needed before rejecting a request: the secret may have been replaced.
 * @throws if the secret cannot be read and either was never read or `fresh` is required
 */
export type ReadCallbackSecret = (need?: 'fresh') => Promise<CallbackSecret>;

/** The condition of a write; without one the write is unconditional. */
export type Condition = 'absent' | { etag: string };
/** `asset`: as in `ObjectOwner`. */
type ObjectInfo = { etag: string; bytes: number; crc32: string | null; taskId: string | null; asset: string | null };
export type ObjectHead = {
  contentType: string;
  contentDisposition?: string;
  /** The adapter encodes the values for headers. */
  metadata?: Readonly<Record<string, string>>;
  /** The CRC32 of the body, if known; otherwise the adapter computes it. */
  crc32?: number;
};

/** The bucket. `false`: the condition was not met, and nothing was written. */
export type Bucket = {
  read(key: string): Promise<{ text: string; etag: string } | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** `body` may consist of several pieces, in order. */
  write(key: string, body: ObjectBody, head: ObjectHead, condition?: Condition): Promise<{ etag: string } | false>;
  /** Starts a multipart upload; returns its id. */
  startUpload(key: string, head: ObjectHead): Promise<string>;
  /** The ids of all uploads to this key that were neither completed nor aborted. */
  uploadsAt(key: string): Promise<string[]>;
  /** An upload by its id, whichever process started it. Sends no request. */
  upload(key: string, uploadId: string): Upload;
};
export type ObjectBody = string | Uint8Array | readonly Uint8Array[];

/** `crc32` as S3 writes it: base64 of its 4 bytes. */
export type Part = { number: number; etag: string; bytes: number; crc32: string };

/** A multipart upload: visible only once it is completed. Parts may be sent in any order, and again. */
export type Upload = {
  /** `crc32`: of these bytes. @throws TransferError `upload_gone` */
  part(number: number, bytes: Uint8Array, crc32: number): Promise<Part>;
  /** The parts that have arrived, in order; undefined if there is no such upload any more. */
  parts(): Promise<Part[] | undefined>;
  /** `gone`: completed or aborted before. `conflict`: a concurrent write to the key; S3 requires a new upload. */
  complete(
    parts: readonly Part[],
    whole: { bytes: number; crc32: string },
    condition?: Condition,
  ): Promise<'done' | 'refused' | 'conflict' | 'gone'>;
  /** Succeeds also if the upload is gone. */
  abort(): Promise<void>;
};

/** The source of a file, over https. All methods throw TransferError. */
export type Source = {
  open(url: string, options: OpenOptions): Promise<OpenedSource>;
  /** A separate connection for ranges of one version of a file; it connects at the first request. */
  connectRange(url: string, options: RangeConnectionOptions): RangeConnection;
};
export type OpenOptions = {
  signal: AbortSignal;
  maxBytes: number;
  /** If the file is larger and supports ranges, only this many bytes are requested. */
  aheadBytes: number;
  /** Requests the complete file, for hosts whose ranges do not work; `version` is then null. */
  inOneStream?: boolean;
  /** Does not compare the file with the digest that its host sends. */
  ignoresDigest?: boolean;
};
export type OpenedSource = {
  /** The size of the complete file; null if the host did not send it. */
  totalBytes: number | null;
  /**
   * The host's strong validator, if it supports ranges: the rest can then be read by range connections. Otherwise
   * null.
   */
  version: string | null;
  /**
   * Fills `into` from where the last read ended. Fewer bytes than fit: the end of the file, or of the requested
   * range.
   */
  read(into: Uint8Array): Promise<number>;
  /** Must be called in the end, otherwise the connection stays open. */
  close(): void;
};
export type RangeConnectionOptions = { signal: AbortSignal; version: string; totalBytes: number };
export type RangeConnection = {
  /** Fills `into` with the file's bytes from `from` on. @throws TransferError `changed` if the file has changed */
  fill(into: Uint8Array, from: number): Promise<void>;
  close(): void;
};
