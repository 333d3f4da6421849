import type { IncomingMessage } from 'node:http';
import { TransferError } from '../domain/errors.ts';

/**
 * A response's bytes, with a limit on each wait for more. The limit counts only while somebody waits, so a slow reader
 * (an upload in between) is not held against the host.
 * @throws TransferError `idle_timeout`, or `cut` where the host ends before what it promised.
 */
export async function* withIdleLimit(
  response: IncomingMessage,
  promisedBytes: number | null,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  let received = 0;
  try {
    for (;;) {
      const next = await nextWithin(reader, response, idleMs, signal, () => received);
      if (next.done) break;
      received += next.value.length;
      yield next.value;
    }
  } finally {
    response.destroy();
  }
  if (promisedBytes !== null && received !== promisedBytes) throw cut(received, promisedBytes);
}

async function nextWithin(
  reader: AsyncIterator<Uint8Array>,
  response: IncomingMessage,
  idleMs: number,
  signal: AbortSignal,
  received: () => number,
): Promise<IteratorResult<Uint8Array>> {
  const timer = setTimeout(() => {
    response.destroy(new TransferError('idle_timeout', `nothing came for ${idleMs} ms, after ${received()} bytes`));
  }, idleMs);
  try {
    return await reader.next();
  } catch (error) {
    if (error instanceof TransferError) throw error;
    // To the stream this looks as if the host had cut it.
    if (signal.aborted) {
      throw new TransferError('out_of_time', `stopped before the function ran out of time, after ${received()} bytes`);
    }
    throw cut(received(), null, error);
  } finally {
    clearTimeout(timer);
  }
}

function cut(received: number, promised: number | null, cause?: unknown): TransferError {
  const of = promised === null ? '' : ` of ${promised}`;
  return new TransferError('cut', `the host ended after ${received}${of} bytes`, { cause });
}
