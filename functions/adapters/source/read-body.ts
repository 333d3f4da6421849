// Reads the body of node:http's response into the caller's memory. The bytes are copied directly from the `data`
// events: no stream in between, no promise and no timer per chunk.
import type { IncomingMessage } from 'node:http';
import { TransferError } from '../../domain/errors.ts';
import { cut, outOfTime, type StallDetector } from './failures.ts';

export type BodyReader = {
  /**
   * Fewer bytes than fit: the end of the body. @throws TransferError `cut`, `idle_timeout`, `too_slow`, `too_large`,
   * `out_of_time`
   */
  read(into: Uint8Array): Promise<number>;
  /** Stops reading; the connection can be reused if nothing more arrives. */
  letGo(): void;
  close(): void;
};

type ReadBodyOptions = {
  /** The length that the host promised, if any; bytes beyond it are not read. */
  promisedBytes: number | null;
  maxBytes: number;
  stalls: StallDetector;
  signal: AbortSignal;
};

type WaitingReader = { into: Uint8Array; filled: number; settle: (failure: TransferError | null) => void };

export function readBody(
  response: IncomingMessage,
  { promisedBytes, maxBytes, stalls, signal }: ReadBodyOptions,
): BodyReader {
  let received = 0;
  /** Received bytes that did not fit into the last buffer. */
  let rest: Buffer | null = null;
  let waiting: WaitingReader | null = null;
  let end: TransferError | 'ended' | null = null;

  response.pause();
  response.on('data', (chunk: Buffer) => {
    // More bytes than were promised, or than are read.
    if (waiting === null) response.destroy();
    else take(chunk, waiting);
  });
  // May happen while paused, with bytes that have not been read yet.
  response.once('end', () => {
    const arrived = received + (rest?.length ?? 0);
    finish(arrived >= (promisedBytes ?? 0) ? 'ended' : brokenOff());
  });
  response.on('error', (error) => finish(brokenOff(error)));
  response.once('close', () => finish(brokenOff()));

  function take(chunk: Buffer, reader: WaitingReader): void {
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
    const endWait = stalls.wait(
      () => reader.filled,
      (failure) => response.destroy(failure),
    );
    const reader: WaitingReader = {
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
