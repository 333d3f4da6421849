// A deployment as the commands use it. Types only; the implementations are in target/.

import type { Readable } from 'node:stream';
import type { Deployed } from './deployed.ts';

/** `etag`: changes with every write. */
export type ListedFile = { key: string; bytes: number; modified: Date; etag: string };
export type ReadFile = { body: Buffer; modified: Date; metadata: Readonly<Record<string, string>> };

/** `range`: a single range in HTTP's syntax. `ifMatch`: only of this version; `ifNoneMatch`: of any other version. */
export type RangeRequest = { range?: string; ifMatch?: string; ifNoneMatch?: string };
/** `range`: the position of the bytes in the object, in HTTP's syntax; undefined for the complete object. */
export type OpenedRange = {
  body: Readable;
  bytes: number;
  range: string | undefined;
  etag: string;
  modified: Date;
};
export type NotOpened = 'missing' | 'not-modified' | 'changed' | 'out-of-range';

/** The bucket, read-only. */
export type BucketReader = {
  /** In the order of their keys. */
  list(prefix: string): AsyncIterable<ListedFile>;
  /** Undefined if there is no such object. @throws if it is larger than `maxBytes` */
  read(key: string, maxBytes: number): Promise<ReadFile | undefined>;
  /** Streams the bytes; undefined if there is no such object. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** The caller must read the body to its end or destroy it. The signal aborts waiting for it. */
  openRange(key: string, wanted: RangeRequest, signal: AbortSignal): Promise<OpenedRange | NotOpened>;
};

/** A redrive of the dead-letter queue. `startedAt`: milliseconds. `toMove`: null if SQS does not report it. */
export type RedriveMove = {
  startedAt: number;
  isRunning: boolean;
  moved: number;
  toMove: number | null;
  failure: string | null;
};
export type DeadLetters = {
  /** Approximate, as SQS counts. */
  count(): Promise<number>;
  /** Moves each message back to its source queue. */
  startMove(): Promise<void>;
  /** The most recently started one. */
  lastMove(): Promise<RedriveMove | undefined>;
};

/** By provider; null if there is no key. */
export type ClientProviderKeys = Record<'sunoapi.org' | 'kie.ai', string | null>;

export type Target = {
  bucket: BucketReader;
  /** The bucket's location, which is stable: `s3://<name>`, or its folder. */
  place: string;
  /** Resolves once the archiver's queue has the message. */
  send(message: string): Promise<void>;
  deadLetters: DeadLetters;
  callbackUrl(): Promise<string>;
  providerKeys(): Promise<ClientProviderKeys>;
  /** The deployment itself, which `doctor` opens with more rights. */
  deployed: Deployed;
  close(): void;
};

/** The chosen deployment, before any request to it. */
export type ChosenTarget = { name: string; open(): Promise<Target>; adviceOn(error: unknown): string };
