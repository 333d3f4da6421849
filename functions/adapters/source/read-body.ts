// A response's body, read into memory that the reader brings along. The bytes are copied straight from the `data` events:
// no stream in between, no promise and no timer per chunk.
import type { IncomingMessage } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { cut, outOfTime } from './failures.ts';
import type { Pace } from './pace.ts';

export type Body = {
  /** Fewer bytes than fit: that was all. @throws TransferError `cut`, `idle_timeout`, `too_slow`, `too_large`, `out_of_time` */
  read(into: Uint8Array): Promise<number>;
  /** Nothing more is read; the connection may serve again, if nothing more comes either. */
  letGo(): void;
  close(): void;
};

type Options = {
  /** Where the host said so; what comes beyond is not read. */
  promisedBytes: number | null;
  maxBytes: number;
  pace: Pace;
  signal: AbortSignal;
};

type Waiting = { into: Uint8Array; filled: number; settle: (failure: TransferError | null) => void };

export function readBody(response: IncomingMessage, { promisedBytes, maxBytes, pace, signal }: Options): Body {
  let received = 0;
  /** What came, but did not fit into the last buffer. */
  let rest: Buffer | null = null;
  let waiting: Waiting | null = null;
  let end: TransferError | 'ended' | null = null;

  response.pause();
  response.on('data', (chunk: Buffer) => {
    // More than was promised, or than anybody reads.
    if (waiting === null) response.destroy();
    else take(chunk, waiting);
  });
  // Also while it is paused, and what did not fit has not been read yet.
  response.once('end', () => {
    const arrived = received + (rest?.length ?? 0);
    finish(arrived >= (promisedBytes ?? 0) ? 'ended' : brokenOff());
  });
  response.on('error', (error) => finish(brokenOff(error)));
  response.once('close', () => finish(brokenOff()));

  function take(chunk: Buffer, reader: Waiting): void {
    const room = reader.into.length - reader.filled;
    const fits = chunk.length <= room ? chunk : chunk.subarray(0, room);
    reader.into.set(fits, reader.filled);
    reader.filled += fits.length;
    received += fits.length;
    if (fits.length < room) return;
    if (fits !== chunk) rest = chunk.subarray(room);
    response.pause();
    reader.settle(null);
  }

  function brokenOff(cause?: Error): TransferError {
    if (cause instanceof TransferError) return cause;
    return signal.aborted ? outOfTime() : cut(received, promisedBytes, cause);
  }

  function finish(outcome: TransferError | 'ended'): void {
    end ??= outcome;
    waiting?.settle(end === 'ended' ? null : end);
  }

  function wait(into: Uint8Array): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const endWait = pace.wait(
      () => reader.filled,
      (failure) => response.destroy(failure),
    );
    const reader: Waiting = {
      into,
      filled: 0,
      settle(failure) {
        waiting = null;
        endWait();
        if (failure === null) resolve(reader.filled);
        else reject(failure);
      },
    };
    waiting = reader;
    const held = rest;
    rest = null;
    if (held !== null) take(held, reader);
    if (end !== null) finish(end);
    else if (waiting !== null) response.resume();
    return promise;
  }

  return {
    async read(whole) {
      const left = promisedBytes === null ? whole.length : Math.min(whole.length, promisedBytes - received);
      if (left === 0) return 0;
      if (end instanceof TransferError) throw end;
      const bytes = await wait(whole.subarray(0, left));
      if (received > maxBytes) {
        response.destroy();
        throw new TransferError('too_large', `more than ${maxBytes} bytes have come`);
      }
      return bytes;
    },
    letGo() {
      if (rest === null) response.resume();
      else response.destroy();
    },
    close() {
      response.destroy();
    },
  };
}
