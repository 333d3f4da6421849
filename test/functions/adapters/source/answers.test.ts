import { describe, expect, test } from 'vitest';
import { song } from '../../../doubles/sample-files.ts';
import { readAll, schemes, setUpSource } from './source-setup.ts';

describe('an answer that is no file is refused with its reason:', () => {
  test.each([
    ['F35', 404, 'not_found'],
    ['F35', 410, 'not_found'],
    ['F35', 441, 'not_found'],
    ['F36', 408, 'throttled'],
    ['F36', 429, 'throttled'],
    ['F36', 503, 'throttled'],
    ['F36', 500, 'server_error'],
    ['F36', 502, 'server_error'],
    ['F36', 599, 'server_error'],
    ['F25', 204, 'unexpected_status'],
    ['', 300, 'unexpected_status'],
    ['', 304, 'unexpected_status'],
    ['', 400, 'unexpected_status'],
    ['', 418, 'unexpected_status'],
  ])('%s status %i is %s, by either way of asking', async (_row, status, code) => {
    const { failure, rangeFailure, server } = await setUpSource();
    const refusal = { code, detail: `the host answered ${status}` };

    expect(await failure(`/status/song.mp3?code=${status}`)).toEqual(refusal);
    // Whether the range was what the host refused, shows the second request.
    const asked = server.ranges().length;
    expect(server.ranges()).toEqual(status < 400 ? [expect.any(String)] : [expect.any(String), undefined]);
    expect(asked).toBe(status < 400 ? 1 : 2);
    expect(await rangeFailure(`/status/song.mp3?code=${status}`)).toEqual(refusal);
    await server.allGone();
  });

  test('F36 a host that recovers is as good as any other', async () => {
    const { failure, bytes } = await setUpSource();
    const url = '/status/song.mp3?code=500&times=4';

    const failures = [await failure(url), await failure(url)];

    expect(failures.map(({ code }) => code)).toEqual(['server_error', 'server_error']);
    expect(await bytes(url)).toEqual(song());
  });

  test('F25 a file of no bytes is open, and at its end', async () => {
    const { open } = await setUpSource();

    const opened = await open('/empty/song.mp3');

    expect(opened.totalBytes).toBe(0);
    expect(await opened.read(Buffer.alloc(10))).toBe(0);
  });

  test('F25 so is one whose host refuses to give a part of nothing', async () => {
    const { open, server } = await setUpSource({ files: { 'nothing.mp3': Buffer.alloc(0) } });

    const opened = await open('/whole/nothing.mp3');

    expect(await readAll(opened)).toHaveLength(0);
    expect(server.paths()).toHaveLength(2);
  });

  test('F24 a page instead of a file is passed on as it is: what bytes are is not for the source to say', async () => {
    const { bytes } = await setUpSource();

    expect(await bytes('/whole/page.mp3')).toEqual(Buffer.from(await bytes('/no-ranges/page.mp3')));
    expect((await bytes('/whole/page.mp3')).toString()).toContain('expired');
  });
});

describe.each(schemes)('over %s, a host that refuses some clients', (scheme) => {
  test.each([401, 403])('F37 is asked once more under another name, after %i', async (status) => {
    const { open, server } = await setUpSource({ scheme });

    const opened = await open(`/only-for/song.mp3?agent=curl&code=${status}`, { aheadBytes: 1_000 });

    expect(opened).toMatchObject({ totalBytes: 3_000, version: null });
    expect(await readAll(opened)).toEqual(song());
    const [first, second] = server.requests.map(({ headers }) => [headers['user-agent'], headers.range]);
    expect(first).toEqual([expect.stringContaining('Trackkeeper/'), 'bytes=0-999']);
    expect(second).toEqual([expect.stringMatching(/^curl\//), undefined]);
    expect(server.paths()).toHaveLength(2);
  });

  test('F37 is asked once more in one stream', async () => {
    const { bytes } = await setUpSource({ scheme });

    expect(await bytes('/not-in-ranges/song.mp3', { aheadBytes: 1_000 })).toEqual(song());
  });

  test.each([401, 403])('F35 is believed the second time: %i', async (status) => {
    const { failure, server } = await setUpSource({ scheme });

    expect(await failure(`/status/song.mp3?code=${status}`)).toEqual({
      code: 'forbidden',
      detail: `the host answered ${status}`,
    });
    expect(server.paths()).toHaveLength(2);
    await server.allGone();
  });

  test('F37 is asked three times at most: for a part, for all, and under another name', async () => {
    const { failure, server } = await setUpSource({ scheme });

    expect(await failure('/status/song.mp3?code=416,403,416')).toMatchObject({ code: 'unexpected_status' });
    expect(server.paths()).toHaveLength(3);
  });
});

test('F35 a link that died between two parts is forbidden, and a connection asks no one under another name', async () => {
  const { rangeConnection, rangeFailure, server } = await setUpSource();
  await rangeConnection('/whole/song.mp3').fill(Buffer.alloc(10), 0);

  expect(await rangeFailure('/status/song.mp3?code=403')).toMatchObject({ code: 'forbidden' });
  expect(server.requests.every(({ headers }) => headers['user-agent']?.includes('Trackkeeper/'))).toBe(true);
});

describe('a host that refuses ranges', () => {
  test.each([400, 404, 406, 429, 500, 501, 503])('by status %i is asked once more without one', async (code) => {
    const { bytes, server } = await setUpSource();

    expect(await bytes(`/not-in-ranges/song.mp3?code=${code}`, { aheadBytes: 1_000 })).toEqual(song());
    expect(server.ranges()).toEqual(['bytes=0-999', undefined]);
  });

  test('is not asked again at once if it names a time to wait', async () => {
    const { failure, server } = await setUpSource();

    expect(await failure('/not-in-ranges/song.mp3?code=503&retryAfter=60')).toMatchObject({
      code: 'throttled',
      retryAfterMs: 60_000,
    });
    expect(server.paths()).toHaveLength(1);
  });

  test('is asked for no range if the reader wants one stream', async () => {
    const { open, server } = await setUpSource();

    const opened = await open('/whole/song.mp3', { aheadBytes: 1_000, inOneStream: true });

    expect(opened).toMatchObject({ totalBytes: 3_000, version: null });
    expect(await readAll(opened)).toEqual(song());
    expect(server.ranges()).toEqual([undefined]);
  });

  test('and sends all as a range all the same is read in one stream', async () => {
    const { open } = await setUpSource();

    const opened = await open('/whole-unasked/song.mp3', { aheadBytes: 1_000, inOneStream: true });

    expect(opened).toMatchObject({ totalBytes: 3_000, version: null });
    expect(await readAll(opened)).toEqual(song());
  });
});

test.each([203, 226])('status %i is as good as 200', async (code) => {
  const { bytes } = await setUpSource();
  const [plain, chunked] = ['content-length: 3000', 'transfer-encoding: chunked'].map((field) =>
    encodeURIComponent(`HTTP/1.1 ${code} Any\r\n${field}\r\n\r\n`),
  );

  expect(await bytes(`/written/song.mp3?head=${plain}`)).toEqual(song());
  expect(await bytes(`/written/song.mp3?chunked&head=${chunked}`)).toEqual(song());
});

describe('what is no HTTP is no answer:', () => {
  test.each(['garbage', 'two-lengths', 'long-head', 'hangup'])('/%s', async (behaviour) => {
    const { failure, rangeFailure, server } = await setUpSource();

    expect(await failure(`/${behaviour}/song.mp3`)).toMatchObject({ code: 'connect_failed' });
    expect(await rangeFailure(`/${behaviour}/song.mp3`)).toMatchObject({ code: 'connect_failed' });
    await server.allGone();
  });
});

test('a name that DNS does not know is a failure of DNS', async () => {
  const { failure, rangeFailure } = await setUpSource();
  const unknown = { code: 'dns_failed', detail: 'gone.test: ENOTFOUND' };

  expect(await failure('https://gone.test/')).toEqual(unknown);
  expect(await rangeFailure('https://gone.test/')).toEqual(unknown);
});
