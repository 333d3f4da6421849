// A connection that reads HTTP bodies directly into the caller's memory, with a third of the CPU of node:http, which
// allocates memory for every chunk (measured 2026-11-21: 7 ms for a song of 10 MB over TLS, against 18). It reads
// only bodies with a Content-Length, and heads that response-head.ts reads. For anything else `ask` returns
// `unreadable`, the connection is closed, and the caller uses node:http.
//
// Bytes that arrive while no read is pending are buffered, and the socket is paused. Over TLS, Node still delivers
// what it has already decrypted, up to 80 KB; the buffer has room for more, and a full buffer closes the connection.
import { TransferError } from '../../domain/errors.ts';
import type { JudgedUrl } from '../../domain/source-url.ts';
import type { Connect, SourceLimits } from './connect.ts';
import { cut, hungUp, noAnswer, noConnection, outOfTime, type StallDetector, toConnectError } from './failures.ts';
import { mayBeFile } from './file-response.ts';
import { headAtStart, isKept, plainLength, type ResponseHead } from './response-head.ts';

// Bytes that have arrived before they were read, in memory of fixed size.

/** The maximum of one socket read: Node's own reads are no larger. */
const sliceBytes = 64 * 1024;

type ReceiveBuffer = {
  /** Memory for the next socket read; null if the buffer is full. */
  spare(): Uint8Array | null;
  /** Records that `bytes` bytes were read into `memory`. @returns whether that memory came from `spare()` */
  add(bytes: number, memory: Uint8Array): boolean;
  /** All buffered bytes. */
  view(): Buffer;
  /** Moves as many bytes as fit. @returns their number */
  moveTo(place: Uint8Array): number;
  skip(bytes: number): void;
};

function createReceiveBuffer(bytes: number): ReceiveBuffer {
  const all = Buffer.allocUnsafeSlow(bytes);
  let from = 0;
  let to = 0;
  return {
    spare() {
      all.copyWithin(0, from, to);
      to -= from;
      from = 0;
      return to === all.length ? null : all.subarray(to, to + sliceBytes);
    },
    add(added, memory) {
      if (memory.buffer !== all.buffer) return false;
      // The buffered bytes may have been moved since this memory was handed out.
      const at = memory.byteOffset - all.byteOffset;
      if (from === to) from = at;
      to = at + added;
      return true;
    },
    view: () => all.subarray(from, to),
    moveTo(place) {
      const moved = all.copy(place, 0, from, to);
      from += moved;
      return moved;
    },
    skip(skipped) {
      from += skipped;
    },
  };
}

const heldBytes = 256 * 1024;

export type RawRequest = {
  /** The complete request, as Latin-1. */
  request: string;
  /** Whether the response's head is as expected. Must not throw. */
  accepts: (head: ResponseHead) => boolean;
  /** Filled with the complete body. Without it only the head is awaited, and `read` reads the body. */
  into?: Uint8Array;
};

/**
 * - a head: as expected, and `into`, if given, is full.
 * - `unreadable`: the response is in a form that only node:http reads, as are probably all of this host.
 * - `unlike`: the response is not as expected.
 * - `stale`: the connection was closed since its last response; nothing was requested.
 */
type Outcome = ResponseHead | 'unreadable' | 'unlike' | 'stale';

/**
 * One request or one read at a time. Once it has settled, the memory passed to it is not written to any more. Any
 * failure closes the connection.
 */
export type RawConnection = {
  isOpen(): boolean;
  /** @throws TransferError */
  ask(question: RawRequest): Promise<Outcome>;
  /** Fills `into`, which must not be longer than the rest of the body. @throws TransferError */
  read(into: Uint8Array): Promise<void>;
  close(): void;
};

type RawConnectionOptions = { connect: Connect; within: SourceLimits; stalls: StallDetector; signal: AbortSignal };
type Waiting = { into: Uint8Array | null; filled: number; settle: (outcome: Outcome | TransferError) => void };

export function openRawConnection(
  judged: JudgedUrl,
  { connect, within, stalls, signal }: RawConnectionOptions,
): RawConnection {
  const { host } = judged.url;
  const held = createReceiveBuffer(Math.max(heldBytes, within.headerBytes));
  let question: RawRequest | null = null;
  /** The head of the current response. */
  let head: ResponseHead | null = null;
  let promised = 0;
  let left = 0;
  let waiting: Waiting | null = null;
  let endWait = () => {};
  let isConnected = false;
  let isClosed = false;
  let hasServed = false;
  let failure: Error | undefined;

  const socket = connect(judged, {
    // Never an empty buffer, or the socket hangs for ever.
    buffer: () => placeOf(waiting) ?? held.spare() ?? overflow(),
    callback(bytes, memory) {
      if (!held.add(bytes, memory)) took(bytes);
      advance();
      return head === null || waiting !== null;
    },
  });
  let timer = setTimeout(() => socket.destroy(noConnection(host)), within.connectMs);
  const onAbort = () => socket.destroy(outOfTime());
  signal.addEventListener('abort', onAbort);
  socket.once(judged.isTls ? 'secureConnect' : 'connect', () => {
    isConnected = true;
    if (question !== null) send(question);
  });
  // A connection that the host closes is useless, idle or not.
  socket.once('end', () => socket.destroy());
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.once('close', () => {
    isClosed = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    waiting?.settle(howItEnded());
  });
  socket.resume();

  function send({ request }: RawRequest): void {
    clearTimeout(timer);
    timer = setTimeout(() => socket.destroy(noAnswer(host)), within.firstByteMs);
    socket.write(request, 'latin1');
  }

  /** Where the next bytes of the body go; null if no read is pending, or its memory is full. */
  function placeOf(reader: Waiting | null): Uint8Array | null {
    if (head === null || reader === null || reader.into === null) return null;
    const room = Math.min(reader.into.length - reader.filled, left);
    return room === 0 ? null : reader.into.subarray(reader.filled, reader.filled + room);
  }

  function overflow(): Uint8Array {
    socket.destroy(new TransferError('cut', 'more bytes arrived at once than the buffer holds'));
    return Buffer.alloc(1);
  }

  function took(bytes: number): void {
    if (waiting !== null) waiting.filled += bytes;
    left -= bytes;
  }

  function advance(): void {
    if (head === null && question !== null) readHead(question);
    // More bytes than were requested.
    if (head === null && question === null && held.view().length > 0) socket.destroy();
    const place = placeOf(waiting);
    if (place !== null) took(held.moveTo(place));
    const isDone = waiting !== null && (waiting.into === null || waiting.filled === waiting.into.length);
    if (head !== null && isDone) waiting?.settle(head);
  }

  function readHead({ accepts, into }: RawRequest): void {
    const begun = held.view().subarray(0, within.headerBytes);
    const found = headAtStart(begun);
    if (found === undefined && begun.length < within.headerBytes) return;
    const length = found ? plainLength(found.head) : null;
    const isAccepted = found && accepts(found.head) && (into === undefined || into.length === length);
    if (!isAccepted) {
      const isReadable = found && (length !== null || !mayBeFile(found.head.statusCode));
      waiting?.settle(isReadable ? 'unlike' : 'unreadable');
      socket.destroy();
      return;
    }
    clearTimeout(timer);
    held.skip(found.bytes);
    head = found.head;
    promised = length ?? 0;
    left = promised;
    if (into !== undefined) watch();
  }

  function watch(): void {
    endWait = stalls.wait(
      () => waiting?.filled ?? 0,
      (error) => socket.destroy(error),
    );
  }

  function howItEnded(): Outcome | TransferError {
    if (failure instanceof TransferError) return failure;
    if (head !== null) return cut(promised - left, promised, failure);
    if (hasServed && held.view().length === 0) return 'stale';
    return failure === undefined ? hungUp(host) : toConnectError(failure, host);
  }

  /** After a complete response the connection can be used for the next request. */
  function endAnswer(ended: ResponseHead): void {
    if (held.view().length > 0 || !isKept(ended)) socket.destroy();
    hasServed = true;
    question = null;
    head = null;
  }

  function wait(into: Uint8Array | null): Promise<Outcome> {
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
    waiting = {
      into,
      filled: 0,
      settle(outcome) {
        endWait();
        endWait = () => {};
        waiting = null;
        if (head !== null && left === 0) endAnswer(head);
        if (outcome instanceof TransferError) reject(outcome);
        // Only after all arrived bytes were seen: surplus bytes must not be taken for the next response.
        else setImmediate(resolve, outcome);
      },
    };
    return promise;
  }

  return {
    isOpen: () => !socket.destroyed,
    ask(asked) {
      const answered = wait(asked.into ?? null);
      question = asked;
      if (isConnected) send(asked);
      return answered;
    },
    async read(into) {
      const done = wait(into);
      watch();
      advance();
      if (isClosed) waiting?.settle(howItEnded());
      // Resume only for a pending read: the buffer is empty then.
      else if (waiting !== null) socket.resume();
      await done;
    },
    close: () => socket.destroy(),
  };
}

/** A GET as text. Header values must not contain control characters; those of URLs never do. */
export function rawRequest({ url }: JudgedUrl, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, host: url.host }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
