// What a range connection reads, and when it reports that the file has changed.
import { describe, expect, test } from 'vitest';
import { song } from '../../../doubles/sample-files.ts';
import { generatedFile } from '../../../doubles/served-file.ts';
import { failureOf, filledBy, schemes, setUpSource } from './source-setup.ts';

describe.each(schemes)('over %s', (scheme) => {
  test('brings any part of a file, and asks for no more than that', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const { fill } = rangeConnection('/whole/song.mp3');
    const into = Buffer.alloc(3_000);

    await fill(into.subarray(1_000, 2_000), 1_000);
    await fill(into.subarray(2_000), 2_000);
    await fill(into.subarray(0, 1_000), 0);

    expect(into).toEqual(song());
    expect(server.ranges()).toEqual(['bytes=1000-1999', 'bytes=2000-2999', 'bytes=0-999']);
    expect(server.requests.map(({ headers }) => headers['if-range'])).toEqual(['"one"', '"one"', '"one"']);
    expect(server.bodyBytes()).toBe(3_000);
  });

  test.each([1, 2, 100, 2_999, 3_000])('brings %i bytes and leaves all others as they are', async (bytes) => {
    const { rangeConnection } = await setUpSource({ scheme });
    const memory = Buffer.alloc(4_000, 0xaa);

    await rangeConnection('/whole/song.mp3').fill(memory.subarray(500, 500 + bytes), 0);

    expect(memory.subarray(500, 500 + bytes)).toEqual(song().subarray(0, bytes));
    expect([memory.subarray(0, 500), memory.subarray(500 + bytes)].every((rest) => rest.every((b) => b === 0xaa))).toBe(
      true,
    );
  });

  test.each([
    ['F39', 'replaced', 'the host sends the complete file: it has changed'],
    ['F39', 'other-etag', 'it is another version of the file by now'],
    ['F39', 'grown', 'the file has 3001 bytes by now, not 3000'],
    ['F39', 'wrong-total', 'the file has 3001 bytes by now, not 3000'],
    ['F40', 'no-ranges', 'the host sends the complete file: it has changed'],
    ['F40', 'refuses-ranges', 'the host no longer has these bytes'],
    ['F40', 'weak-etag', 'it is another version of the file by now'],
    ['F40', 'no-etag', 'it is another version of the file by now'],
    ['F40', 'half-unasked', 'the host sends another part than requested'],
    ['F40', 'wrong-start', 'the host sends another part than requested'],
    ['F40', 'wrong-end', 'the host sends another part than requested'],
    ['F40', 'shorter-range', 'the host sends another part than requested'],
    ['F40', 'wrong-length', 'the host sends another part than requested'],
    ['F40', 'no-total', 'the host sends another part than requested'],
    ['F40', 'no-content-range', 'the host sends another part than requested'],
    ['F40', 'garbled-content-range', 'the host sends another part than requested'],
  ])('%s /%s is another file, and not a byte of it is kept: %s', async (_row, behaviour, detail) => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection(`/${behaviour}/song.mp3?after=1`);
    const into = Buffer.alloc(1_000);

    await asking.fill(into, 1_000);
    const before = Buffer.from(into);

    expect(await failureOf(() => asking.fill(into, 2_000))).toEqual({ code: 'changed', detail });
    expect(into).toEqual(before);
    asking.close();
    await server.allGone();
  });

  test('F39 a change that the host itself does not notice is not for the source to find out', async () => {
    const { rangeConnection } = await setUpSource({ scheme });

    const bytes = await filledBy(rangeConnection('/altered/song.mp3'), 0, 100);

    expect(bytes).toEqual(
      Buffer.from(
        song()
          .subarray(0, 100)
          .map((byte) => byte ^ 0xff),
      ),
    );
  });

  test('F26 continues after a part that was cut', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection('/cut/song.mp3?times=2');

    const failures = [
      await failureOf(() => filledBy(asking, 0, 1_000)),
      await failureOf(() => filledBy(asking, 0, 1_000)),
    ];

    expect(failures.map(({ code }) => code)).toEqual(['cut', 'cut']);
    expect(await filledBy(asking, 0, 1_000)).toEqual(song().subarray(0, 1_000));
    expect(server.paths()).toHaveLength(3);
  });

  test('F36 continues after a host that failed', async () => {
    const { rangeConnection } = await setUpSource({ scheme });
    const asking = rangeConnection('/status/song.mp3?code=500&times=2');

    expect(await failureOf(() => filledBy(asking, 0, 1_000))).toMatchObject({ code: 'server_error' });
    expect(await filledBy(asking, 0, 1_000)).toEqual(song().subarray(0, 1_000));
  });
});

test('reaches the end of a file of 5 GiB, whose offsets do not fit into 32 bits', async () => {
  const totalBytes = 5 * 1024 ** 3;
  const name = `generated-${totalBytes}.mp4`;
  const { open, rangeConnection, server } = await setUpSource();
  const end = [...(generatedFile(name)?.pieces(totalBytes - 1_000, totalBytes) ?? [])];

  const opened = await open(`/whole/${name}`, { aheadBytes: 1_000 });
  const brought = await filledBy(rangeConnection(`/whole/${name}`, { totalBytes }), totalBytes - 1_000, totalBytes);

  expect(opened).toMatchObject({ totalBytes, version: '"one"' });
  expect(brought.equals(Buffer.concat(end))).toBe(true);
  expect(server.bodyBytes()).toBeLessThanOrEqual(2_000);
});

test('asks for nothing where nothing is to be filled', async () => {
  const { rangeConnection, server } = await setUpSource();

  await rangeConnection('/whole/song.mp3').fill(Buffer.alloc(0), 0);

  expect(server.connections()).toBe(0);
});

test.each(['', 'W/"one"', 'one', '"on"e"', '"one"\r\nx-injected: 1', '"ŏne"'])(
  'a version that cannot be asked for, out of an old record, is another file: %j',
  async (version) => {
    const { rangeFailure, server } = await setUpSource();

    expect(await rangeFailure('/whole/song.mp3', { version })).toMatchObject({ code: 'changed' });
    expect(server.connections()).toBe(0);
  },
);

test.each(schemes)(
  'finds the way over %s to a host with several addresses, of which the first is dead',
  async (scheme) => {
    // Nothing listens there: the server is bound to 127.0.0.1 alone.
    const { bytes, rangeConnection, server } = await setUpSource({
      scheme,
      names: { 'media.test': ['127.0.0.9', '127.0.0.1'] },
    });
    const url = `${scheme}://media.test:${server.port}/whole/song.mp3`;

    expect(await bytes(url)).toEqual(song());
    expect(await filledBy(rangeConnection(url), 0, 100)).toEqual(song().subarray(0, 100));
    expect(server.paths()).toHaveLength(2);
  },
);
