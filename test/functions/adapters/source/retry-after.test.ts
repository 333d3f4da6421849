// How long a host asks us to wait, with either reader: the opening request parses the head by itself, a range
// connection uses node:http.
import { describe, expect, test } from 'vitest';
import { schemes, setUpSource } from './source-setup.ts';

const hours = 3_600_000;

describe.each(schemes)('F36: over %s', (scheme) => {
  test.each([
    [429, 'throttled'],
    [503, 'throttled'],
    [408, 'throttled'],
    [500, 'server_error'],
    [502, 'server_error'],
    [400, 'unexpected_status'],
    [404, 'not_found'],
    [403, 'forbidden'],
  ])('a host that answers %i may say for how long', async (status, code) => {
    const { failure, rangeFailure } = await setUpSource({ scheme });
    const url = `/status/song.mp3?code=${status}&retryAfter=120`;
    const refusal = { code, detail: `the host answered ${status}`, retryAfterMs: 120_000 };

    expect(await failure(url)).toEqual(refusal);
    expect(await rangeFailure(url)).toEqual(refusal);
  });

  test.each([
    ['a date long gone', 'Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['a negative number', '-5', 0],
    ['a year', String(365 * 86_400), 12 * hours],
    ['the end of time', 'Fri, 31 Dec 9999 23:59:59 GMT', 12 * hours],
    ['words', 'soon', undefined],
    ['nothing', '', undefined],
  ])('%s is clamped, or says nothing', async (_what, header, retryAfterMs) => {
    const { failure, rangeFailure } = await setUpSource({ scheme });
    const url = `/status/song.mp3?code=503&retryAfter=${encodeURIComponent(header)}`;

    expect((await failure(url)).retryAfterMs).toBe(retryAfterMs);
    expect((await rangeFailure(url)).retryAfterMs).toBe(retryAfterMs);
  });

  test('a date is as far away as it is', async () => {
    const { failure, rangeFailure } = await setUpSource({ scheme });
    const inAnHour = new Date(Date.now() + hours).toUTCString();
    const url = `/status/song.mp3?code=503&retryAfter=${encodeURIComponent(inAnHour)}`;

    for (const { retryAfterMs = 0 } of [await failure(url), await rangeFailure(url)]) {
      expect(retryAfterMs).toBeGreaterThan(hours / 2);
      expect(retryAfterMs).toBeLessThanOrEqual(hours);
    }
  });
});

test('F36: a host that says it twice is asked by the other way, which takes the first', async () => {
  const { failure, server } = await setUpSource();

  expect(await failure('/status/song.mp3?code=429&retryAfter=60&retryAfter=90')).toMatchObject({
    retryAfterMs: 60_000,
  });
  expect(server.paths()).toHaveLength(2);
});
