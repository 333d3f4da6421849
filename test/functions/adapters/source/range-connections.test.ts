// How many sockets a range connection opens, and what it does when the host answers in an unexpected way.
import { describe, expect, test } from 'vitest';
import { song } from '../../../doubles/sample-files.ts';
import { failureOf, filledBy, schemes, setUpSource } from './source-setup.ts';

/** Reads the whole song in ten parts. */
async function byTenParts(rangeConnection: { fill(into: Uint8Array, from: number): Promise<void> }): Promise<Buffer> {
  const into = Buffer.alloc(3_000);
  for (let from = 0; from < 3_000; from += 300) await rangeConnection.fill(into.subarray(from, from + 300), from);
  return into;
}

describe.each(schemes)('over %s', (scheme) => {
  test('a range connection opens one socket, however many ranges it is asked for', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });

    expect(await byTenParts(rangeConnection('/whole/song.mp3'))).toEqual(song());
    expect([server.connections(), server.paths().length]).toEqual([1, 10]);
  });

  test('a connection connects when it is first asked, and lets go when it is closed', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection('/whole/song.mp3');

    expect(server.connections()).toBe(0);
    await filledBy(asking, 0, 10);
    asking.close();
    asking.close();

    await server.allGone();
  });

  test('two range connections share nothing: each has its own socket, and one continues without the other', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const [one, other] = [rangeConnection('/whole/song.mp3'), rangeConnection('/whole/song.mp3')];

    await Promise.all([byTenParts(one), byTenParts(other)]);
    one.close();

    expect(await byTenParts(other)).toEqual(song());
    expect(server.connections()).toBe(2);
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBe(2);
  });

  test('a connection that is closed while it is waited for stops', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection('/stall/song.mp3');
    const failing = failureOf(() => filledBy(asking, 0, 1_000));
    await server.nextRequest();

    asking.close();

    expect((await failing).code).toMatch(/^(cut|connect_failed)$/);
  });

  test.each([
    ['chunked-ranges', 'a part in chunks'],
    ['chunked-and-more', 'a part in chunks, with more behind it'],
    ['early-hints', 'a word ahead of the answer'],
    ['closing-ranges', 'a connection that ends with each answer'],
    ['ends-after', 'a connection that ends after each answer, unannounced'],
  ])('gets all of it in spite of /%s: %s', async (behaviour) => {
    const { rangeConnection } = await setUpSource({ scheme });

    expect(await byTenParts(rangeConnection(`/${behaviour}/song.mp3`))).toEqual(song());
  });

  test('a host that answers in another spelling is asked by node:http in the end, over one connection too', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });

    expect(await byTenParts(rangeConnection('/early-hints/song.mp3'))).toEqual(song());
    // One attempt of ours, which was repeated.
    expect([server.connections(), server.paths().length]).toEqual([2, 11]);
  });

  test('that spelling is remembered of the host, for its other files too, but not of one that redirects', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const redirecting = `${scheme}://media.test:${server.port}/redirect/any?to=${server.url('/early-hints/song.mp3')}`;
    await filledBy(rangeConnection(redirecting), 0, 10);
    await filledBy(rangeConnection('/early-hints/song.mp3'), 0, 10);
    const before = server.paths().length;

    await filledBy(rangeConnection('/early-hints/song.mp3?other'), 0, 10);
    expect(server.paths()).toHaveLength(before + 1);

    await filledBy(rangeConnection(`${scheme}://media.test:${server.port}/whole/song.mp3`), 0, 10);
    const { connection } = server.requests.at(-1) ?? {};
    expect(server.connections()).toBe(connection);
  });

  test('a part whose head only a lenient parser reads is read over connections of their own', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const range = 'etag: "one"\r\ncontent-range: bytes 0-2999/3000';
    const head = `HTTP/1.1 206 Any\r\n${range}\r\ncontent-length: 3\r\ntransfer-encoding: Chunked\r\n\r\n`;
    const asking = rangeConnection(`/written/song.mp3?chunked&head=${encodeURIComponent(head)}`);

    expect(await filledBy(asking, 0, 3_000)).toEqual(song());
    expect(await filledBy(asking, 0, 3_000)).toEqual(song());
    // Raw, strict and lenient; then at once lenient.
    expect(server.connections()).toBe(4);
  });

  test('a connection that ends with its answer costs a new one, and no second question', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });

    await byTenParts(rangeConnection('/closing-ranges/song.mp3'));

    expect([server.connections(), server.paths().length]).toEqual([10, 10]);
  });

  test.each(['garbage', 'long-head', 'no-ranges', 'other-etag', 'half-unasked'])(
    'an answer like /%s that came by mistake is requested again',
    async (behaviour) => {
      const { rangeConnection, server } = await setUpSource({ scheme });

      expect(await byTenParts(rangeConnection(`/${behaviour}/song.mp3?after=3&times=1`))).toEqual(song());
      expect(server.paths()).toHaveLength(11);
    },
  );

  test('a redirect is followed once, and then the connection stays where it led', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });

    expect(await byTenParts(rangeConnection('/redirect/any?to=/whole/song.mp3'))).toEqual(song());
    expect(server.paths().filter((path) => path.startsWith('/redirect/'))).toHaveLength(2);
    expect(server.paths().filter((path) => path === '/whole/song.mp3')).toHaveLength(10);
  });

  test.each(['endAll', 'resetAll'] as const)(
    'a connection that is lost between two parts does no harm: %s',
    async (lose) => {
      const { rangeConnection, server } = await setUpSource({ scheme });
      const asking = rangeConnection('/whole/song.mp3');
      const first = await filledBy(asking, 0, 1_000);

      server[lose]();
      await server.allGone();
      const second = await filledBy(asking, 1_000, 3_000);

      expect(Buffer.concat([first, second])).toEqual(song());
      expect(server.paths()).toHaveLength(2);
    },
  );

  test('a connection that is lost just as it is used again causes no failure either', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection('/whole/song.mp3');
    const first = await filledBy(asking, 0, 1_000);

    server.endAll();
    const second = await filledBy(asking, 1_000, 3_000);

    expect(Buffer.concat([first, second])).toEqual(song());
  });

  test('a lost keep-alive connection of node:http causes no failure', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection('/early-hints/song.mp3');
    const pieces = [await filledBy(asking, 0, 10), await filledBy(asking, 10, 20), await filledBy(asking, 20, 30)];

    server.resetAll();
    pieces.push(await filledBy(asking, 30, 40));

    expect(Buffer.concat(pieces)).toEqual(song().subarray(0, 40));
  });

  test('bytes behind a part, even a whole answer to the next question, are never taken for it', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const forged = [
      'HTTP/1.1 206 Partial Content',
      'content-length: 300',
      'content-range: bytes 300-599/3000',
      'etag: "one"',
      '',
      'x'.repeat(300),
    ].join('\r\n');
    const asking = rangeConnection(`/sends-behind/song.mp3?more=${encodeURIComponent(forged)}&times=1`);

    expect(await byTenParts(asking)).toEqual(song());
    expect([server.connections(), server.paths().length]).toEqual([2, 10]);
  });
});
