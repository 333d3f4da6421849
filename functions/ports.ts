// What the stories need from the world. Types only; the makers are in adapters/, the doubles in test/doubles/.
import type { ParsedCallback } from './domain/callback/family.ts';
import type { Asset, Provider, TaskKind, TransferProgress } from './domain/record.ts';
import type { Marker } from './domain/schedule.ts';
import type { TaskEvent } from './domain/task-event.ts';

export type Clock = { now(): Date };
/** Resolves after so long, or, with nothing thrown, as soon as the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;
/** Starts to watch; the answer is the time since, and how much of it this process had nothing to do: milliseconds. */
export type MeasureCpuHeadroom = () => () => { ms: number; idleMs: number };

/** One line per thing that happened: known fields only, never a token, a body or a lyric. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, fields?: LogFields) => void;
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export type Queue = {
  /** Resolves once the queue has the message durably. */
  send(message: string, options: { signal: AbortSignal }): Promise<void>;
  /** At most 10, each seen only after its delay (0 to 900 s). Resolves with whether the queue has it, for each. */
  sendAll(messages: readonly { message: string; delaySeconds: number }[]): Promise<boolean[]>;
  /** Hides a message that was received for a while longer (0 to 12 hours). */
  postpone(receiptHandle: string, delayMs: number): Promise<void>;
};

/** The markers under `schedule/`: the one thing that is ever deleted. */
export type Schedule = {
  /** Those due until then, earliest first, up to 1,000; `after`: where the last such answer ended. */
  due(until: Date, after?: Marker): Promise<Marker[]>;
  /** Also where it is there already. */
  put(marker: Marker): Promise<void>;
  /** Up to 1,000; also those that are gone already. */
  remove(markers: readonly Marker[]): Promise<void>;
  /** How many tasks have a marker, however many each has. `stopping`: from here on it throws rather than count on. */
  countTasks(options: { stopping: AbortSignal }): Promise<number>;
};

/** Where the owner's own programs listen. */
export type EventBus = {
  /** Resolves once the bus has it. @throws UnavailableError */
  put(event: TaskEvent): Promise<void>;
};

/** The owner's own endpoint, and whether it answered at all. @throws UnavailableError, in words without the URL's query */
export type SendWebhook = (
  body: string,
  headers: Readonly<Record<string, string>>,
) => Promise<{ status: number; host: string }>;
/** What is passed on is signed with each of them. None: it is not signed. */
export type ReadWebhookKeys = () => Promise<readonly Uint8Array[]>;
/** Finds the most recently written object under a prefix. */
export type FindLatestKey = (prefix: string) => Promise<string | undefined>;
/** Returns a URL with which anyone may fetch the object for some hours. */
export type PresignUrl = (key: string) => Promise<string>;

/** What a provider's API says when it is asked. Never throws, and ends by itself. */
export type ProviderApi = {
  /** What became of a task. Where the provider is unknown, each that there is a key for is asked in turn. */
  ask(question: ProviderQuestion, options: { signal: AbortSignal }): Promise<ProviderAnswer>;
  /** Another link to the same file, which lives for 20 minutes: kie.ai has them. Null: there is none. */
  freshLink(url: string, options: { signal: AbortSignal }): Promise<string | null | 'unavailable'>;
};
export type ProviderQuestion = { provider: Provider; kind: TaskKind; taskId: string };
/** `detail`: in words for the owner, without a secret. */
export type ProviderAnswer =
  /** What is known by now, in the form of a callback; while there is nothing yet, of stage `text` and empty. `said`: its JSON. */
  | { outcome: 'answered'; callback: ParsedCallback; said: string }
  /** Nobody knows the task by this id. */
  | { outcome: 'unknown'; detail: string }
  /** `refusal`: it is not accepted, or the account has no credits; null: there is no key. */
  | { outcome: 'refused'; detail: string; refusal: 'key' | 'credits' | null }
  /** Asked too often, down, or not understood. */
  | { outcome: 'unavailable'; detail: string; retryAfterMs: number | null };

/** Two of each may be valid at once, so that it can be replaced; without a key, no signature is asked for. */
export type CallbackSecret = { tokens: readonly string[]; kieWebhookKeys: readonly string[] };
/**
 * `fresh`: as it was read only seconds ago, for whoever is to be refused by what is known; it may have been replaced.
 * @throws where it cannot be read and, unless `fresh` is needed, never could
 */
export type ReadCallbackSecret = (need?: 'fresh') => Promise<CallbackSecret>;

/** What a write depends on; without it the write is unconditional. */
export type Condition = 'absent' | { etag: string };
type ObjectInfo = { etag: string; bytes: number; crc32: string | null; taskId: string | null };
export type ObjectHead = {
  contentType: string;
  contentDisposition?: string;
  /** Values are made safe for headers by the adapter. */
  metadata?: Readonly<Record<string, string>>;
  /** Of the body that is written, where it is known already; else the adapter computes it. */
  crc32?: number;
};

/** The bucket. `false`: the condition did not hold, and nothing was written. */
export type Bucket = {
  read(key: string): Promise<{ text: string; etag: string } | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** `body` may lie in several pieces, in their order. */
  write(key: string, body: ObjectBody, head: ObjectHead, condition?: Condition): Promise<{ etag: string } | false>;
  /** Begins a large object; returns its upload's id. */
  startUpload(key: string, head: ObjectHead): Promise<string>;
  /** The ids of all uploads to this key that were neither completed nor aborted. */
  uploadsAt(key: string): Promise<string[]>;
  /** An upload by its id, whoever began it, and when. Asks nothing. */
  upload(key: string, uploadId: string): Upload;
};
export type ObjectBody = string | Uint8Array | readonly Uint8Array[];

/** `crc32` as S3 writes it: base64 of its 4 bytes. */
export type Part = { number: number; etag: string; bytes: number; crc32: string };

/** A large object on its way: visible only once it is completed. Parts may come in any order, and again. */
export type Upload = {
  /** `crc32`: of these bytes. @throws TransferError `upload_gone` */
  part(number: number, bytes: Uint8Array, crc32: number): Promise<Part>;
  /** What has arrived, in the order of the numbers; undefined where there is no such upload, or no more. */
  parts(): Promise<Part[] | undefined>;
  /** `gone`: completed or aborted before. `conflict`: another writer was at the key, and S3 wants a new upload. */
  complete(
    parts: readonly Part[],
    whole: { bytes: number; crc32: string },
    condition?: Condition,
  ): Promise<'done' | 'refused' | 'conflict' | 'gone'>;
  /** Also where it is gone already. */
  abort(): Promise<void>;
};

/** Somebody else's file, over https. All of these throw TransferError. */
export type Source = {
  open(url: string, options: OpenOptions): Promise<OpenedSource>;
  /** A connection of its own for ranges of one version of a file; it connects when it is first asked. */
  lane(url: string, options: LaneOptions): Lane;
};
/** `aheadBytes`: where the file turns out to be larger and can be had in ranges, only so much of it is asked for. */
export type OpenOptions = { signal: AbortSignal; maxBytes: number; aheadBytes: number };
export type OpenedSource = {
  /** Of the whole file; null where the host did not say. */
  totalBytes: number | null;
  /** The host's strong validator, where it serves ranges: what is not read here can be had by lanes. Else null. */
  version: string | null;
  /** Fills `into` from where the last read ended. Fewer bytes than fit: the file, or what was asked for, has ended. */
  read(into: Uint8Array): Promise<number>;
  /** Must be called in the end, or its connection stays. */
  close(): void;
};
export type LaneOptions = { signal: AbortSignal; version: string; totalBytes: number };
export type Lane = {
  /** Fills all of `into` with the file's bytes from `from` on. @throws TransferError `changed` where it is another file by now */
  fill(into: Uint8Array, from: number): Promise<void>;
  close(): void;
};

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
  /** Hex; null where the file passed in ranges. */
  sha256: string | null;
  contentType: string;
  suspect: string | null;
};
/** How far a large file has come, kept in its record so that any invocation can go on. @throws TransferError `superseded` */
export type SaveProgress = (progress: TransferProgress | null) => Promise<void>;
export type TransferOptions = {
  /** From here on nothing new is begun: what is under way is brought to a good end. */
  stopping: AbortSignal;
  /** The end: what is still under way is dropped. */
  signal: AbortSignal;
  save: SaveProgress;
};
/** From one source to one object, whole or not at all. @throws TransferError */
export type Transfer = (job: TransferJob, options: TransferOptions) => Promise<Transferred>;
