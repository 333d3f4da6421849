// The parser of the connection by itself, with bytes in chunks of any size. Real sockets are in
// range-connections.test.ts.
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStallDetector } from '../../../../functions/adapters/source/failures.ts';
import { openRawConnection, type RawRequest } from '../../../../functions/adapters/source/raw-connection.ts';
import { plainLength } from '../../../../functions/adapters/source/response-head.ts';
import { TransferError } from '../../../../functions/domain/errors.ts';
import { judgeUrl } from '../../../../functions/domain/source-url.ts';
import { FedSocket } from '../../../doubles/fed-socket.ts';
import { deployment } from './source-setup.ts';

const judged = judgeUrl('http://media.test:1/song.mp3', {
  allowedPrivateSources: ['media.test:1'],
  allowedHosts: [],
  allowHttp: false,
});

function openFed(headerBytes = deployment.headerBytes) {
  const sockets: FedSocket[] = [];
  const connection = openRawConnection(judged, {
    connect(_judged, onread) {
      if (onread === undefined) throw new Error('it reads by onread');
      const socket = new FedSocket(onread);
      sockets.push(socket);
      return socket;
    },
    within: { ...deployment, headerBytes },
    stalls: createStallDetector(deployment),
    signal: new AbortController().signal,
  });
  const [socket] = sockets;
  if (socket === undefined) throw new Error('it connects at once');
  socket.emit('connect');
  return { connection, socket };
}

type Fed = ReturnType<typeof openFed>;

/** The outcome of a request, in one word. */
async function outcomeOf({ connection }: Fed, question: Partial<RawRequest> = {}): Promise<string> {
  try {
    const outcome = await connection.ask({
      request: 'GET',
      accepts: (head) => plainLength(head) !== null,
      ...question,
    });
    return typeof outcome === 'string' ? outcome : `${outcome.statusCode}`;
  } catch (error) {
    if (error instanceof TransferError) return error.code;
    throw error;
  }
}

/** Cuts the bytes at these offsets, which are taken modulo the length. */
function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

const splits = fc.array(fc.nat(), { maxLength: 12 });
const answerOf = (body: Uint8Array, lines: readonly string[] = []) =>
  Buffer.concat([
    Buffer.from(['HTTP/1.1 206 Partial Content', `Content-Length: ${body.length}`, ...lines, '', ''].join('\r\n')),
    body,
  ]);

describe('an answer in any pieces', () => {
  test('fills the memory with just its body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), splits, async (body, cuts) => {
        const fed = openFed();
        const memory = Buffer.alloc(body.length + 20, 0xaa);
        const outcome = outcomeOf(fed, { into: memory.subarray(10, 10 + body.length) });

        for (const piece of piecesOf(answerOf(body), cuts)) fed.socket.feed(piece);

        expect(await outcome).toBe('206');
        expect(memory).toEqual(Buffer.concat([Buffer.alloc(10, 0xaa), body, Buffer.alloc(10, 0xaa)]));
        expect(fed.connection.isOpen()).toBe(true);
      }),
    );
  });

  test('with more behind it is taken without that, and the connection asked no more', async () => {
    const more = fc.uint8Array({ minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), more, splits, async (body, extra, cuts) => {
        const fed = openFed();
        const memory = Buffer.alloc(body.length + 20, 0xaa);
        const outcome = outcomeOf(fed, { into: memory.subarray(10, 10 + body.length) });

        for (const piece of piecesOf(Buffer.concat([answerOf(body), extra]), cuts)) fed.socket.feed(piece);

        expect(await outcome).toBe('206');
        expect(memory).toEqual(Buffer.concat([Buffer.alloc(10, 0xaa), body, Buffer.alloc(10, 0xaa)]));
        expect(fed.connection.isOpen()).toBe(false);
      }),
    );
  });

  test('ends in the same way in whatever pieces it comes, and in no other way than by an outcome or a code', async () => {
    const line = fc.oneof(
      fc.constantFrom('Content-Length: 5', 'content-length:5', 'Content-Length: 6', 'Transfer-Encoding: chunked'),
      fc.constantFrom('ETag: "one"', 'X: y', ' folded', 'no colon', 'Name : space', 'X: \x01', ''),
      fc.string({ maxLength: 40, unit: 'binary-ascii' }),
    );
    const status = fc.constantFrom(
      'HTTP/1.1 206 OK',
      'HTTP/1.1 206',
      'HTTP/1.0 206 OK',
      'HTTP/1.1 103 Hints',
      'SSH-2.0',
    );
    await fc.assert(
      fc.asyncProperty(status, fc.array(line, { maxLength: 6 }), splits, splits, async (first, lines, cuts, others) => {
        const bytes = Buffer.from(`${[first, ...lines, '', ''].join('\r\n')}01234`, 'latin1');
        const ended = await Promise.all(
          [cuts, others].map(async (some) => {
            const fed = openFed(100);
            const into = Buffer.alloc(5);
            const outcome = outcomeOf(fed, { into });
            for (const piece of piecesOf(bytes, some)) fed.socket.feed(piece);
            fed.socket.destroy();
            return [await outcome, into.toString()];
          }),
        );

        expect(ended[0]?.[0]).toBe(ended[1]?.[0]);
        expect(['206', 'unreadable', 'unlike', 'cut', 'connect_failed']).toContain(ended[0]?.[0]);
        if (ended[0]?.[0] !== '206') expect(ended.map(([, into]) => into)).not.toContain('01234');
      }),
    );
  });

  test('without an end to its head is given up at the limit', async () => {
    const fed = openFed(100);
    const outcome = outcomeOf(fed);

    fed.socket.feed(Buffer.from(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(80)}`));

    expect(await outcome).toBe('unreadable');
    expect(fed.connection.isOpen()).toBe(false);
  });
});

test('a body is read in order by readers who come and go, though what was decrypted is delivered all the same', async () => {
  // As much as Node decrypts at once, and a little more.
  const decrypted = fc.array(fc.integer({ min: 1, max: 80 * 1024 }), { minLength: 1, maxLength: 20 });
  const reads = fc.array(fc.integer({ min: 1, max: 120 * 1024 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(decrypted, reads, async (batches, sizes) => {
      const body = Buffer.from(Uint8Array.from({ length: 400_000 }, (_, at) => (at * 31 + (at >> 8)) % 251));
      const coming = answerOf(body);
      const { connection, socket } = openFed();
      let sent = 0;
      const next = (turn: number) => {
        // A paused socket reads no more.
        if (!socket.isReading || sent === coming.length) return;
        const batch = coming.subarray(sent, sent + (batches[turn % batches.length] ?? 0));
        sent += batch.length;
        socket.feed(batch);
      };
      const asked = connection.ask({ request: 'GET', accepts: () => true });
      for (let turn = 0; socket.isReading && sent < coming.length; turn++) next(turn);
      await asked;

      const got: Buffer[] = [];
      for (let turn = 0, left = body.length; left > 0; turn++) {
        const into = Buffer.alloc(Math.min(sizes[turn % sizes.length] ?? 1, left));
        let isRead = false;
        const reading = connection.read(into).then(() => {
          isRead = true;
        });
        for (let step = turn; !isRead; step++) {
          next(step);
          await setImmediate();
        }
        await reading;
        got.push(into);
        left -= into.length;
      }

      expect(Buffer.concat(got).equals(body)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a host that will not stop ends the connection rather than spoil a byte', async () => {
  const { connection, socket } = openFed();
  const asked = connection.ask({ request: 'GET', accepts: () => true });
  socket.feed(answerOf(Buffer.alloc(1_000_000)));
  await asked;

  await expect(connection.read(Buffer.alloc(1_000_000))).rejects.toMatchObject({ code: 'cut' });
});

test('a connection that is ended before it was asked a second time says so, and once only', async () => {
  const fed = openFed();
  const first = outcomeOf(fed, { into: Buffer.alloc(3) });
  fed.socket.feed(answerOf(Buffer.from('abc')));
  await first;

  const second = outcomeOf(fed, { into: Buffer.alloc(3) });
  fed.socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));

  expect(await second).toBe('stale');
  expect(await hungUpAtOnce()).toBe('connect_failed');
});

async function hungUpAtOnce(): Promise<string> {
  const fed = openFed();
  const outcome = outcomeOf(fed);
  fed.socket.destroy();
  return outcome;
}

test('a failure of an idle connection causes no other failure', async () => {
  const fed = openFed();
  const first = outcomeOf(fed, { into: Buffer.alloc(3) });
  fed.socket.feed(answerOf(Buffer.from('abc')));
  await first;

  fed.socket.destroy(new Error('read ECONNRESET'));
  await setImmediate();

  expect(fed.connection.isOpen()).toBe(false);
});

test('unexpected bytes between two responses end the connection', async () => {
  const fed = openFed();
  const first = outcomeOf(fed, { into: Buffer.alloc(3) });
  fed.socket.feed(answerOf(Buffer.from('abc')));
  await first;

  fed.socket.feed(Buffer.from('H'));

  expect(fed.connection.isOpen()).toBe(false);
});
