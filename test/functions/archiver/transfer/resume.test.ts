// P8: an interrupted transfer is resumed where it stopped, in the next invocation too.
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SaveProgress } from '../../../../functions/archiver/transfer/context.ts';
import { TransferError } from '../../../../functions/domain/errors.ts';
import type { TransferProgress } from '../../../../functions/domain/record.ts';
import { inMemorySource } from '../../../doubles/in-memory-source.ts';
import { song } from '../../../doubles/sample-files.ts';
import { codeOf, engineBench, failingAt, key, partBytes, url } from './engine-setup.ts';

const file = song(10_400);
const parts = 11;

describe('P8: an invocation whose time is up', () => {
  test('leaves what has come, and the next one fetches only the rest', async () => {
    const stop = new AbortController();
    const bench = engineBench({ beforePart: abortAt(5, stop) });

    expect(await bench.code({ stopping: stop.signal })).toBe('unfinished');
    expect(bench.record.asset.progress).toMatchObject({ checkedParts: 5, totalBytes: file.length, source: url });
    expect(bench.stored()).toBeUndefined();
    expect(await bench.code()).toBe('stored');

    expect(bench.stored()).toEqual(file);
    expect(bench.state.fetched).toBe(file.length);
    expect(bench.bucket.openUploads()).toEqual([]);
  });

  test('again and again still ends with the whole file, and with no byte fetched twice', async () => {
    let stop = new AbortController();
    const bench = engineBench({ beforePart: () => stop.abort() });

    const codes: string[] = [];
    while (codes.at(-1) !== 'stored' && codes.length < 2 * parts) {
      stop = new AbortController();
      codes.push(await bench.code({ stopping: stop.signal }));
    }

    expect(codes).toEqual([...Array.from({ length: parts - 1 }, () => 'unfinished'), 'stored']);
    expect(bench.stored()).toEqual(file);
    expect(bench.state.fetched).toBe(file.length);
  });
});

describe('P8: killed before any step', () => {
  const kinds = ['beforeRead', 'beforePart', 'beforeSave'] as const;
  const steps = Array.from({ length: parts + 3 }, (_, index) => index + 1);

  test.each(kinds.flatMap((kind) => steps.map((step) => [kind, step] as const)))(
    '%s, the %ith of its kind, a transfer continues with at most one part downloaded again',
    async (kind, step) => {
      const crash = new Error('killed');
      const bench = engineBench({ [kind]: failingAt([step], () => crash) });

      const isKilled = await bench.invoke().then(
        () => false,
        (error) => error === crash,
      );
      if (isKilled) await bench.invoke();

      expect(bench.stored()).toEqual(file);
      expect(bench.state.fetched).toBeLessThanOrEqual(file.length + (isKilled ? partBytes : 0));
    },
  );

  test('before each of its steps in turn, it still ends', async () => {
    const crash = () => {
      calls++;
      if (calls % 3 === 0) throw new Error('killed');
    };
    let calls = 0;
    const bench = engineBench({ beforePart: crash, beforeSave: crash });

    for (let tries = 0; tries < 40 && bench.stored() === undefined; tries++) await bench.invoke().catch(() => {});

    expect(bench.stored()).toEqual(file);
  });
});

describe('what others did meanwhile is settled by looking:', () => {
  test('a file that was completed by an invocation that could not say so is not downloaded again', async () => {
    const bench = engineBench({
      bucketCalls: (bucket) => ({
        upload(name, id) {
          const upload = bucket.upload(name, id);
          return {
            ...upload,
            async complete(...given) {
              await upload.complete(...given);
              throw new Error('killed');
            },
          };
        },
        // The check after the failure fails as well.
        head: failingOnce(bucket.head),
      }),
    });
    await expect(bench.invoke()).rejects.toThrow('killed');

    expect(await bench.invoke()).toMatchObject({ state: 'stored', key, bytes: file.length, sha256: null });

    expect(bench.stored()).toEqual(file);
    expect(bench.state.fetched).toBe(file.length);
  });

  test('F48: an upload that was swept begins again', async () => {
    const stop = new AbortController();
    const bench = engineBench({ beforePart: abortAt(5, stop) });
    await bench.code({ stopping: stop.signal });
    const { key, uploadId } = begunOf(bench.record.asset.progress);
    await bench.bucket.upload(key, uploadId).abort();

    expect(await bench.code()).toBe('stored');

    expect(bench.stored()).toEqual(file);
    expect(bench.bucket.openUploads()).toEqual([]);
  });

  test('F39: a source that was replaced starts over, and bytes of two versions never meet', async () => {
    const stop = new AbortController();
    const bench = engineBench({ beforePart: abortAt(5, stop) });
    await bench.code({ stopping: stop.signal });
    const other = song(9_800);
    Object.assign(bench.state, { file: other, version: '"2"' });

    expect(await bench.code()).toBe('stored');

    expect(bench.stored()).toEqual(other);
    expect(bench.bucket.openUploads()).toEqual([]);
  });

  test('F39: a source that is replaced again and again is read in one stream after the second time', async () => {
    let version = 1;
    const bench = engineBench({
      beforeRead: (from) => void (from > 5_000 && Object.assign(bench.state, { version: `"${++version}"` })),
    });

    expect(await bench.code()).toBe('stored');

    expect(bench.state.opened).toBe(3);
    expect(bench.stored()).toEqual(file);
    expect(bench.record.asset.progress).toBeNull();
    expect(bench.bucket.openUploads()).toEqual([]);
  });

  test('F39: changes that earlier invocations met count, for this source only', async () => {
    const changed = { at: '2026-11-20T11:00:00Z', code: 'changed', detail: 'the host sends the complete file' };
    for (const [source, connections] of [
      [url, 0],
      ['https://other.example/song.mp3', 1],
    ] as const) {
      const bench = engineBench();
      bench.record.asset = { ...bench.record.asset, attempts: [1, 2].map(() => ({ ...changed, source })) };

      expect(await bench.code()).toBe('stored');
      expect(bench.state.connections).toBe(connections);
    }
  });

  test('a host whose bytes change under one version is noticed by their checksum', async () => {
    const stop = new AbortController();
    const bench = engineBench({ beforePart: abortAt(5, stop) });
    await bench.code({ stopping: stop.signal });
    // Verified, but its upload was lost: it is downloaded again, and has changed.
    const { key, uploadId } = begunOf(bench.record.asset.progress);
    bench.bucket.dropPart(key, uploadId, 4);
    const changed = Buffer.from(bench.state.file);
    changed[3_500] = (changed[3_500] ?? 0) ^ 1;
    bench.state.file = changed;

    expect(await bench.code()).toBe('stored');

    expect(bench.stored()).toEqual(changed);
  });

  test('P5: two invocations at once end in one object, and leave no upload', async () => {
    const bench = engineBench();

    const codes = await Promise.all([bench.code(), bench.code()]);

    expect(codes).toContain('stored');
    expect(bench.stored()).toEqual(file);
    expect(bench.bucket.keys()).toEqual([key]);
  });

  test('F52: one that was overtaken neither publishes nor aborts what the other has begun', async () => {
    const stop = new AbortController();
    const bench = engineBench({ beforePart: abortAt(5, stop) });
    await bench.code({ stopping: stop.signal });
    const superseded = async () => {
      throw new TransferError('superseded', 'another invocation has taken this task over');
    };

    expect(await bench.code({ save: superseded })).toBe('superseded');

    expect(bench.bucket.openUploads()).toHaveLength(1);
    expect(await bench.code()).toBe('stored');
    expect(bench.stored()).toEqual(file);
  });
});

test('F52: an upload of which the record is not told, since another invocation has taken over, is ended again', async () => {
  const bench = engineBench();
  const save = async () => {
    throw new TransferError('superseded', 'another invocation has taken this task over');
  };

  expect(await bench.code({ save })).toBe('superseded');

  expect(bench.bucket.openUploads()).toEqual([]);
  expect(bench.state.open).toBe(0);
});

describe('a failure that may be gone in seconds', () => {
  test('is met in place, from the last whole part', async () => {
    const cut = () => new TransferError('cut', 'the host ended');
    const bench = engineBench({ beforeRead: failingAt([6, 7], cut) });

    expect(await bench.code()).toBe('stored');

    expect(bench.pauses).toEqual([1_000, 4_000]);
    expect(bench.state.fetched).toBe(file.length);
    expect(bench.stored()).toEqual(file);
  });

  test('is met again after each part that came', async () => {
    const bench = engineBench({
      beforeRead: failingAt([4, 6, 8, 10, 12, 14], () => new TransferError('server_error', 'the host answered 502')),
    });

    expect(await bench.code()).toBe('stored');

    expect(bench.pauses).toEqual(Array.from({ length: 6 }, () => 1_000));
  });

  test('that does not go away ends the attempt, and what has come is kept', async () => {
    const bench = engineBench({
      beforeRead: (from) => {
        if (from >= 5_000) throw new TransferError('idle_timeout', 'nothing came');
      },
    });

    expect(await bench.code()).toBe('idle_timeout');

    expect(bench.pauses).toEqual([1_000, 4_000]);
    expect(bench.record.asset.progress).toMatchObject({ checkedParts: 5 });
    expect(bench.bucket.openUploads()).toEqual([key]);
  });

  test('of a host without ranges makes the stream begin again, and leaves no upload', async () => {
    const bench = engineBench({
      version: null,
      beforeRead: failingAt([5], () => new TransferError('cut', 'the host ended')),
    });

    expect(await bench.code()).toBe('stored');

    expect(bench.stored()).toEqual(file);
    expect(bench.state.opened).toBe(2);
    expect(bench.bucket.openUploads()).toEqual([]);
  });

  test('is not what a lasting one is: that ends at once, and takes what has come along', async () => {
    const bench = engineBench({
      beforeRead: failingAt([6], () => new TransferError('forbidden', 'the host answered 403')),
    });

    expect(await bench.code()).toBe('forbidden');

    expect(bench.pauses).toEqual([]);
    expect(bench.record.asset.progress).toBeNull();
    expect(bench.bucket.openUploads()).toEqual([]);
  });
});

test('what came from one source is never gone on with from another', async () => {
  const stop = new AbortController();
  const bench = engineBench({ beforePart: abortAt(5, stop) });
  await bench.code({ stopping: stop.signal });

  expect(await bench.code({ link: 'https://other.example/song.mp3' })).toBe('stored');

  expect(bench.state.fetched).toBe(5 * partBytes + file.length);
  expect(bench.bucket.openUploads()).toEqual([]);
});

test('P4: a large file that turns out to be broken is not to be seen, and leaves nothing', async () => {
  const bench = engineBench({ file: song(10_400).subarray(0, 10_350) });

  expect(await bench.code()).toBe('broken_media');

  expect(bench.bucket.keys()).toEqual([]);
  expect(bench.record.asset.progress).toBeNull();
  expect(bench.bucket.openUploads()).toEqual([]);
});

describe('connections follow need:', () => {
  test.each([
    ['one, where this process sets the pace', 0.2, 1],
    ['eight, where it mostly waits', 0.9, 8],
  ])('%s', async (_what, idleShare, connections) => {
    const large = song(9_000_000);
    const bench = engineBench({ file: large, idleShare, partBytes: 2 ** 21 });

    expect(await bench.code()).toBe('stored');

    expect(bench.state.connections).toBe(connections);
    expect(bench.state.open).toBe(0);
    expect(bench.stored()).toEqual(large);
  });
});

describe('a host that refuses some of several connections', () => {
  const large = song(20_000_000);

  /** Refuses what is more than `most` at once, in every part from this offset on. */
  function crowded(most: number, from: number, error: () => Error) {
    let active = 0;
    let refusals = 0;
    const { source, state } = inMemorySource({ file: large });
    const connectRange: typeof source.connectRange = (...given) => {
      const connection = source.connectRange(...given);
      return {
        ...connection,
        async fill(into, at) {
          if (at >= from && active >= most) {
            refusals++;
            throw error();
          }
          active++;
          await setImmediate();
          await connection.fill(into, at).finally(() => active--);
        },
      };
    };
    const bench = engineBench({ source: { ...source, connectRange }, idleShare: 0.9, partBytes: 2 ** 21 });
    return { bench, state, refusals: () => refusals };
  }

  test.each([
    ['throttled', 1],
    ['throttled', 2],
    ['server_error', 3],
    ['connect_failed', 2],
    ['cut', 2],
    ['forbidden', 2],
  ] as const)('by %s, beyond %i, is asked over the others only, in one attempt', async (code, most) => {
    const { bench, state, refusals } = crowded(most, 0, () => new TransferError(code, 'too many'));

    expect(await bench.code()).toBe('stored');

    expect(bench.stored()?.equals(large)).toBe(true);
    expect(bench.pauses).toEqual([]);
    expect(refusals()).toBe(8 - most);
    expect(state.open).toBe(0);
  });

  test('is asked over so many in the next invocation too', async () => {
    const stop = new AbortController();
    const { bench, refusals } = crowded(2, 0, () => new TransferError('throttled', 'too many'));
    const save: SaveProgress = async (progress) => {
      bench.record.asset = { ...bench.record.asset, progress };
      if (progress?.checkedParts === 4) stop.abort();
    };

    expect(await bench.code({ stopping: stop.signal, save })).toBe('unfinished');
    expect(bench.record.asset.progress).toMatchObject({ connections: 2 });
    const before = refusals();

    expect(await bench.code()).toBe('stored');
    expect(refusals()).toBe(before);
  });

  test('is believed if it refuses a single one too', async () => {
    const { bench } = crowded(0, 10_000_000, () => new TransferError('forbidden', 'the host answered 403'));

    expect(await bench.code()).toBe('forbidden');
  });

  test('because the file has changed is believed at once', async () => {
    const { bench, refusals } = crowded(1, 10_000_000, () => new TransferError('changed', 'it is another file'));

    expect(await bench.code()).toBe('stored');
    // Two attempts, then one stream.
    expect(bench.pauses).toHaveLength(2);
    expect(refusals()).toBe(2);
  });
});

test('every connection is let go, however it ends', async () => {
  for (let step = 1; step <= 2 * parts; step++) {
    const bench = engineBench({ beforeRead: failingAt([step], () => new TransferError('not_found', 'gone')) });
    await codeOf(bench.invoke());
    expect(bench.state.open).toBe(0);
  }
});

function abortAt(part: number, stop: AbortController): (number: number) => void {
  return (number) => {
    if (number === part) stop.abort();
  };
}

function failingOnce<Given extends unknown[], T>(call: (...given: Given) => Promise<T>): typeof call {
  let hasFailed = false;
  return async (...given) => {
    if (hasFailed) return await call(...given);
    hasFailed = true;
    throw new Error('killed');
  };
}

function begunOf(progress: TransferProgress | null): { key: string; uploadId: string } {
  const { key, uploadId } = progress ?? { key: '', uploadId: null };
  if (uploadId === null) throw new Error('no upload is under way');
  return { key, uploadId };
}
