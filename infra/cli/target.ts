// What the commands need of the deployment that they work on. Types only; the makers are in target/.

export type ListedFile = { key: string; bytes: number; modified: Date };
export type ReadFile = { body: Buffer; modified: Date; metadata: Readonly<Record<string, string>> };

/** The bucket, to look at: nothing here writes. */
export type BucketReader = {
  /** In the order of their keys. */
  list(prefix: string): AsyncIterable<ListedFile>;
  /** Undefined where there is no such object. @throws where it is larger than `maxBytes` */
  read(key: string, maxBytes: number): Promise<ReadFile | undefined>;
  /** The bytes as they come; undefined where there is no such object. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
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
  /** Resolves once the archiver's queue has it. */
  send(message: string): Promise<void>;
  deadLetters: DeadLetters;
  callbackUrl(): Promise<string>;
  providerKeys(): Promise<ProviderKeys>;
  close(): void;
};

/** Which one was chosen, before anything is asked of it. */
export type Chosen = { name: string; open(): Promise<Target>; adviceOn(error: unknown): string };
