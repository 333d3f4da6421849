// What the commands need of the deployment that they work on. Types only; the makers are in target/.

import type { Readable } from 'node:stream';
import type { Patient } from './doctor/patient.ts';

/** `etag`: another one after each change. */
export type ListedFile = { key: string; bytes: number; modified: Date; etag: string };
export type ReadFile = { body: Buffer; modified: Date; metadata: Readonly<Record<string, string>> };

/** `range`: one, as HTTP writes it. With `ifMatch` only of that version, with `ifNoneMatch` of any other. */
export type Wanted = { range?: string; ifMatch?: string; ifNoneMatch?: string };
/** `range`: where the bytes stand in the object, as HTTP writes it; undefined where they are the whole. */
export type OpenedRange = {
  body: Readable;
  bytes: number;
  range: string | undefined;
  etag: string;
  modified: Date;
};
export type NotOpened = 'missing' | 'not-modified' | 'changed' | 'out-of-range';

/** The bucket, to look at: nothing here writes. */
export type BucketReader = {
  /** In the order of their keys. */
  list(prefix: string): AsyncIterable<ListedFile>;
  /** Undefined where there is no such object. @throws where it is larger than `maxBytes` */
  read(key: string, maxBytes: number): Promise<ReadFile | undefined>;
  /** The bytes as they come; undefined where there is no such object. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Whoever opened it reads it to its end, or destroys it. The signal ends the waiting for it. */
  openRange(key: string, wanted: Wanted, signal: AbortSignal): Promise<OpenedRange | NotOpened>;
};

/** The bringing back of what is in the dead-letter queue. `startedAt`: milliseconds. `toMove`: null where it is not said. */
export type Move = {
  startedAt: number;
  isRunning: boolean;
  moved: number;
  toMove: number | null;
  failure: string | null;
};
export type DeadLetters = {
  /** Approximately, as SQS counts. */
  count(): Promise<number>;
  /** Each message to the queue that it came from. */
  startMove(): Promise<void>;
  /** The one that began last. */
  lastMove(): Promise<Move | undefined>;
};

/** By provider; null where there is none. */
export type ProviderKeys = Record<'sunoapi.org' | 'kie.ai', string | null>;

export type Target = {
  bucket: BucketReader;
  /** Where the bucket is, the same each time: `s3://<name>`, or its folder. */
  place: string;
  /** Resolves once the archiver's queue has it. */
  send(message: string): Promise<void>;
  deadLetters: DeadLetters;
  callbackUrl(): Promise<string>;
  providerKeys(): Promise<ProviderKeys>;
  /** All of it, for `doctor`; the only one who may also write and delete in the bucket. */
  openPatient(now: () => Date): Patient;
  close(): void;
};

/** Which one was chosen, before anything is asked of it. */
export type Chosen = { name: string; open(): Promise<Target>; adviceOn(error: unknown): string };
