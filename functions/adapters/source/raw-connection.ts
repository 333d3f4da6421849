// One connection that reads bodies straight into the memory they are for: a third of the CPU of node:http, whose every
// chunk is memory of its own (measured 2026-11-21: 7 ms for a song of 10 MB over TLS, against 18).
//
// What comes while no reader has brought memory is held, and the connection stopped. Over TLS, Node still delivers what it
// has decrypted by then, up to 80 KB; held memory has room for more, and what did not fit would end the connection.
import { TransferError } from '../../domain/errors.ts';
import type { JudgedUrl } from '../../domain/source-url.ts';
import type { Connect, SourceLimits } from './connect.ts';
import { cut, hungUp, noAnswer, noConnection, outOfTime, type StallDetector, toConnectError } from './failures.ts';
import { isKept, mayBecomeHead, parseHead, plainLength, type ResponseHead } from './response-head.ts';

// What has come and nobody has asked for yet, in memory of fixed size.

/** What one read may bring: Node's own reads are no larger. */
const sliceBytes = 64 * 1024;

export type ReceiveBuffer = {
  /** Where the next read may go; null where there is no room left. */
  spare(): Uint8Array | null;
  /** So many bytes were read into `memory`. @returns whether that was a `spare()` of ours */
  add(bytes: number, memory: Uint8Array): boolean;
  /** All that is held. */
  view(): Buffer;
  /** Moves as much as fits. @returns how much that was */
  moveTo(place: Uint8Array): number;
  skip(bytes: number): void;
};

export function createReceiveBuffer(bytes: number): ReceiveBuffer {
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
      // What was held when this memory was given may have been moved away since.
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
  /** The whole request, as Latin-1. */
  request: string;
  /** Whether this is the answer that is hoped for. Must not throw. */
  accepts: (head: ResponseHead) => boolean;
  /** To be filled with all of the body. Without it, the head is all that is waited for, and `read` brings the rest. */
  into?: Uint8Array;
};

/**
 * - a head: as hoped for, and `into`, if there is one, is full.
 * - `unlike`: to be asked for, and read, in another way.
 * - `stale`: the connection turned out to be closed since its last answer; nothing was asked.
 */
type Outcome = ResponseHead | 'unlike' | 'stale';

/**
 * One question, or one read, at a time. When it has ended, well or not, memory that was given to it is written to no more.
 * Anything but a good end closes the connection.
 */
export type RawConnection = {
  isOpen(): boolean;
  /** @throws TransferError */
  ask(question: RawRequest): Promise<Outcome>;
  /** Fills all of `into`, which must not be longer than what is left of the body. @throws TransferError */
  read(into: Uint8Array): Promise<void>;
  close(): void;
};

type RawConnectionOptions = { connect: Connect; within: SourceLimits; pace: StallDetector; signal: AbortSignal };
type Waiting = { into: Uint8Array | null; filled: number; settle: (outcome: Outcome | TransferError) => void };

export function openRawConnection(
  judged: JudgedUrl,
  { connect, within, pace, signal }: RawConnectionOptions,
): RawConnection {
  const { host } = judged.url;
  const held = createReceiveBuffer(Math.max(heldBytes, within.headerBytes));
  let question: RawRequest | null = null;
  /** Of the answer that is being read. */
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
    // Never an empty one, or the socket hangs for ever.
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
  // Idle or not, a connection that the host ends is of no more use.
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

  /** Where the body's next bytes go; null where the reader has no room, or none is there. */
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
    // More than was asked for.
    if (head === null && question === null && held.view().length > 0) socket.destroy();
    const place = placeOf(waiting);
    if (place !== null) took(held.moveTo(place));
    const isDone = waiting !== null && (waiting.into === null || waiting.filled === waiting.into.length);
    if (head !== null && isDone) waiting?.settle(head);
  }

  function readHead({ accepts, into }: RawRequest): void {
    const begun = held.view().subarray(0, within.headerBytes);
    const end = begun.indexOf('\r\n\r\n', 0, 'latin1');
    if (end === -1 && begun.length < within.headerBytes && mayBecomeHead(begun.toString('latin1'))) return;
    const found = end === -1 ? null : parseHead(begun.toString('latin1', 0, end));
    const length = found === null ? null : plainLength(found);
    if (found === null || (into !== undefined && into.length !== length) || !accepts(found)) {
      waiting?.settle('unlike');
      socket.destroy();
      return;
    }
    clearTimeout(timer);
    held.skip(end + 4);
    head = found;
    promised = length ?? 0;
    left = promised;
    if (into !== undefined) watch();
  }

  function watch(): void {
    endWait = pace.wait(
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

  /** An answer of which nothing is left makes room for the next one. */
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
        // Not before all that has come by now was seen: what is more than was asked for must meet nobody who asks.
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
      // Only for somebody: nothing is held then.
      else if (waiting !== null) socket.resume();
      await done;
    },
    close: () => socket.destroy(),
  };
}

/** A GET as text, for a connection of our own. The values must hold no control characters; those of URLs never do. */
export function rawRequest({ url }: JudgedUrl, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, host: url.host }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
