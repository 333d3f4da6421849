// The memory that a range connection fills: every byte in its place, none beyond, and none after it was handed back.
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { generatedFile } from '../../../doubles/served-file.ts';
import { filledBy, schemes, setUpSource } from './source-setup.ts';

const MiB = 1024 ** 2;
const totalBytes = 64 * MiB;
const name = `generated-${totalBytes}.wav`;

function sha256Of(pieces: Iterable<Uint8Array>): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
const expected = sha256Of(generatedFile(name)?.pieces(0, totalBytes) ?? []);

const untouched = Buffer.alloc(totalBytes, 0xaa);

/** Lets the event loop run for some turns. */
async function someTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
}

describe.each(schemes)('over %s', (scheme) => {
  test.each([
    ['at once, by parts of 1 MiB', MiB, 0],
    ['at once, by odd parts', 777_777, 0],
    ['late, by parts of 1 MiB', MiB, 20],
    ['late, by odd parts', 777_777, 20],
  ])('64 MiB are the same bytes for a reader who comes back %s', async (_when, partBytes, turns) => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const asking = rangeConnection(`/whole/${name}`, { totalBytes });
    const into = Buffer.alloc(partBytes);
    const hash = createHash('sha256');

    for (let from = 0; from < totalBytes; from += partBytes) {
      const part = into.subarray(0, Math.min(partBytes, totalBytes - from));
      await asking.fill(part, from);
      await someTurns(turns);
      hash.update(part);
      // Bytes left over from the last part must not be mistaken for those of the next one.
      part.fill(0);
    }

    expect(hash.digest('hex')).toBe(expected);
    expect([server.connections(), server.bodyBytes()]).toEqual([1, totalBytes]);
  });

  test.each([
    ['at once, with room for 1 MiB', MiB, 0],
    ['late, with room for 1 MiB', MiB, 20],
    ['late, with odd room', 777_777, 20],
    ['with hardly any room', 10_001, 1],
  ])('64 MiB of an opened source are the same bytes for a reader who comes back %s', async (_when, bytes, turns) => {
    const { open, server } = await setUpSource({ scheme });
    const { read } = await open(`/no-ranges/${name}`);
    const into = Buffer.alloc(bytes);
    const hash = createHash('sha256');

    for (let filled = bytes; filled === bytes; ) {
      filled = await read(into);
      hash.update(into.subarray(0, filled));
      into.fill(0);
      await someTurns(turns);
    }

    expect(hash.digest('hex')).toBe(expected);
    expect(server.paths()).toHaveLength(1);
  });

  test('eight connections that share each part bring the same bytes', async () => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const connections = Array.from({ length: 8 }, () => rangeConnection(`/whole/${name}`, { totalBytes }));
    const part = Buffer.alloc(8 * MiB);
    const hash = createHash('sha256');

    for (let from = 0; from < totalBytes; from += part.length) {
      await Promise.all(
        connections.map(({ fill }, at) => fill(part.subarray(at * MiB, (at + 1) * MiB), from + at * MiB)),
      );
      hash.update(part);
      part.fill(0);
    }

    expect(hash.digest('hex')).toBe(expected);
    expect(server.connections()).toBe(8);
  });

  test('an opened source that node:http reads brings the same bytes', async () => {
    const { open } = await setUpSource({ scheme });
    const { read } = await open(`/chunked/${name}`);
    const into = Buffer.alloc(777_777);
    const hash = createHash('sha256');

    for (let filled = into.length; filled === into.length; ) {
      filled = await read(into);
      hash.update(into.subarray(0, filled));
      await someTurns(20);
    }

    expect(hash.digest('hex')).toBe(expected);
  });

  test('a connection that node:http reads brings the same bytes', async () => {
    const { rangeConnection } = await setUpSource({ scheme });
    const asking = rangeConnection(`/early-hints/${name}`, { totalBytes });

    const pieces: Buffer[] = [];
    for (let from = 0; from < totalBytes; from += 8 * MiB) pieces.push(await filledBy(asking, from, from + 8 * MiB));

    expect(sha256Of(pieces)).toBe(expected);
  });

  test.each(['whole', 'early-hints'])('is not written to any more after a reported stop, by /%s', async (behaviour) => {
    const { rangeConnection, server } = await setUpSource({ scheme });
    const end = new AbortController();
    const asking = rangeConnection(`/${behaviour}/${name}`, { totalBytes, signal: end.signal });
    const into = Buffer.alloc(totalBytes);
    const filling = asking.fill(into, 0);
    while (into[MiB] === 0 && into[MiB + 1] === 0) await setImmediate();

    end.abort();
    await expect(filling).rejects.toMatchObject({ code: 'out_of_time' });
    into.fill(0xaa);
    await server.allGone();
    await someTurns(100);

    expect(into.equals(untouched)).toBe(true);
  });

  test('is not written to any more once the host was given up', async () => {
    const limits = { idleMs: 200, minimumRate: 10_000_000 };
    const { rangeConnection, server } = await setUpSource({ scheme, limits });
    const into = Buffer.alloc(totalBytes);

    const filling = rangeConnection(`/whole/${name}?bytesPerSecond=1000000`, { totalBytes }).fill(into, 0);
    await expect(filling).rejects.toMatchObject({ code: 'too_slow' });
    into.fill(0xaa);
    await server.allGone();
    await someTurns(100);

    expect(into.equals(untouched)).toBe(true);
  });

  test('of an opened source is as safe', async () => {
    const { open, server } = await setUpSource({ scheme });
    const end = new AbortController();
    const { read } = await open(`/whole/${name}`, { signal: end.signal, aheadBytes: totalBytes });
    const into = Buffer.alloc(totalBytes);
    const reading = read(into);
    while (into[MiB] === 0 && into[MiB + 1] === 0) await setImmediate();

    end.abort();
    await expect(reading).rejects.toMatchObject({ code: 'out_of_time' });
    into.fill(0xaa);
    await server.allGone();
    await someTurns(100);

    expect(into.equals(untouched)).toBe(true);
  });
});
