import { describe, expect, test } from 'vitest';
import { song } from '../../../doubles/sample-files.ts';
import { readAll, schemes, setUpSource } from './source-setup.ts';

describe.each(schemes)('over %s, a body that breaks off is cut, not whole:', (scheme) => {
  test.each([
    ['F26', 'cut', 'the host ended after 1500 of 3000 bytes'],
    ['F26', 'promises-more', 'the host ended after 3000 of 3001 bytes'],
    ['F29', 'chunked-cut', 'the host ended after 1500 bytes'],
  ])('%s /%s', async (_row, behaviour, detail) => {
    const { failure } = await setUpSource({ scheme });

    expect(await failure(`/${behaviour}/song.mp3`)).toEqual({ code: 'cut', detail });
  });

  test('F26 also by a connection that is reset rather than ended', async () => {
    const { open, server } = await setUpSource({ scheme });
    const { read } = await open('/stall/song.mp3');
    await read(Buffer.alloc(1_500));

    server.resetAll();

    await expect(read(Buffer.alloc(1_500))).rejects.toMatchObject({
      code: 'cut',
      message: 'the host ended after 1500 of 3000 bytes',
    });
  });

  test('F26 also a part of it', async () => {
    const { failure, rangeFailure } = await setUpSource({ scheme });

    expect(await failure('/cut/song.mp3', { aheadBytes: 1_000 })).toEqual({
      code: 'cut',
      detail: 'the host ended after 500 of 1000 bytes',
    });
    expect(await rangeFailure('/cut/song.mp3', { bytes: 600 })).toEqual({
      code: 'cut',
      detail: 'the host ended after 300 of 600 bytes',
    });
  });

  test('F26 and comes whole from a host that repairs its ways', async () => {
    const { failure, bytes } = await setUpSource({ scheme });

    const failures = [await failure('/cut/song.mp3?times=2'), await failure('/cut/song.mp3?times=2')];

    expect(failures.map(({ code }) => code)).toEqual(['cut', 'cut']);
    expect(await bytes('/cut/song.mp3?times=2')).toEqual(song());
  });
});

test('F26 also a body that broke off before anyone read it is cut', async () => {
  const { open, server } = await setUpSource();
  const opened = await open('/cut/song.mp3');
  await server.allGone();

  await expect(readAll(opened)).rejects.toMatchObject({ code: 'cut' });
});

test('F27 no more is read than the host promised: that bytes are missing, only the file itself can show', async () => {
  const { open } = await setUpSource();

  const opened = await open('/sends-more/song.mp3');

  expect(opened.totalBytes).toBe(1_500);
  expect(await readAll(opened)).toEqual(song().subarray(0, 1_500));
});

test('F28 without length or chunks the end is the end, and the host promised nothing else', async () => {
  const { open } = await setUpSource();

  const opened = await open('/until-close-cut/song.mp3');

  expect(opened.totalBytes).toBeNull();
  expect(await readAll(opened)).toEqual(song().subarray(0, 1_500));
});

describe('F32 a body without end, or with a false length, has a cap:', () => {
  test('a promise of more than may be is refused before any byte is read', async () => {
    const { failure, bytes, server } = await setUpSource();

    expect(await failure('/promises-much/song.mp3?bytes=5000', { maxBytes: 4_999 })).toEqual({
      code: 'too_large',
      detail: 'the host promises more than 4999 bytes',
    });
    await server.allGone();
    expect(await bytes('/whole/song.mp3', { maxBytes: 3_000 })).toEqual(song());
  });

  test('so is a part of more than may be', async () => {
    const { failure, server } = await setUpSource();

    expect(await failure('/whole/song.mp3', { maxBytes: 2_999, aheadBytes: 100 })).toMatchObject({ code: 'too_large' });
    expect(server.paths()).toHaveLength(1);
    await server.allGone();
  });

  test('endless bytes are read up to the cap and hardly beyond', async () => {
    const { open, server } = await setUpSource();
    const { read } = await open('/endless/song.mp3', { maxBytes: 10_000 });
    const into = Buffer.alloc(4_096);

    const read12Kilobytes = async () => [await read(into), await read(into), await read(into)];

    await expect(read12Kilobytes()).rejects.toMatchObject({
      code: 'too_large',
      message: 'more than 10000 bytes have come',
    });
    await server.allGone();
  });

  test('a file of just so many bytes whose host does not say is fine', async () => {
    const { bytes } = await setUpSource();

    expect(await bytes('/chunked/song.mp3', { maxBytes: 3_000 })).toEqual(song());
  });
});
