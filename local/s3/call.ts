// The input and output of an S3 operation. Only `server.ts` handles HTTP's own objects.

import type { Readable } from 'node:stream';

export type Headers = Readonly<Record<string, string | undefined>>;

export type Call = {
  readonly bucket: string;
  /** Safe as a path on disk; empty in a call on the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Lets the client send its body. A call that is rejected earlier costs no transfer. */
  openBody(): Readable;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Readable;
};

export type Handler = (call: Call) => Promise<Reply>;
