import { beforeEach, describe, expect, test } from 'vitest';
import { watchConnectionAttempts } from '../../../doubles/connection-attempts.ts';
import { song } from '../../../doubles/sample-files.ts';
import { setUpSource } from './source-setup.ts';

/** A public address that IANA has not assigned. */
const unassigned = '3ffe::1';

let attempts: () => string[];
beforeEach(() => {
  attempts = watchConnectionAttempts();
});

describe.each(['failure', 'rangeFailure'] as const)("%s: a host that is not on the owner's list", (failure) => {
  test.each([
    ['F23 a new host of the provider', 'https://cdn2.new.test/song.mp3', 'cdn2.new.test'],
    ['F22 the name with more behind it', 'https://suno.ai.evil.test/song.mp3', 'suno.ai.evil.test'],
    ['F22 the name with letters before it', 'https://evilsuno.ai/song.mp3', 'evilsuno.ai'],
    ['F22 the name in the query', 'https://evil.test/?u=https://cdn1.suno.ai', 'evil.test'],
    ['F22 the name with a trailing dot', 'https://suno.ai.evil.test./', 'suno.ai.evil.test.'],
    ['F22 a name that looks alike', 'https://sunо.ai/', 'xn--sun-ued.ai'],
  ])('is not so much as looked up: %s', async (_which, url, host) => {
    const bench = await setUpSource({ policy: { allowedHosts: ['suno.ai'] }, names: { [host]: [unassigned] } });

    expect(await bench[failure](url)).toEqual({
      code: 'host_not_allowed',
      detail: `${host} is not among the hosts that media may come from; the setting allowedSourceHosts allows it`,
    });
    expect(attempts()).toEqual([]);
  });

  test('F22 is not reached by way of a user name', async () => {
    const bench = await setUpSource({ policy: { allowedHosts: ['suno.ai'] } });

    expect(await bench[failure]('https://cdn1.suno.ai@evil.test/')).toMatchObject({ code: 'refused_url' });
    expect(attempts()).toEqual([]);
  });
});

test.each(['suno.ai', 'cdn1.suno.ai', 'CDN1.Suno.AI', 'cdn1.suno.ai.'])(
  'F22 a host on the list, or below one, is connected to: %s',
  async (host) => {
    const limits = { connectMs: 30 };
    const names = { [host.toLowerCase()]: [unassigned] };
    const { failure } = await setUpSource({ policy: { allowedHosts: ['suno.ai'] }, limits, names });

    expect((await failure(`https://${host}/song.mp3`)).code).toMatch(/^connect_/);
    expect(attempts()).toEqual([`${unassigned} 443`]);
  },
);

test('a private source that the owner allowed need not be on the list', async () => {
  const { bytes } = await setUpSource({ policy: { allowedHosts: ['suno.ai'] } });

  expect(await bytes('/whole/song.mp3')).toEqual(song());
});

test('http is connected to where the owner allows it, at its own port only', async () => {
  const limits = { connectMs: 30 };
  const { failure } = await setUpSource({
    policy: { allowHttp: true },
    limits,
    names: { 'cdn.test': [unassigned] },
  });

  expect((await failure('http://cdn.test/song.mp3')).code).toMatch(/^connect_/);
  expect((await failure('http://cdn.test:8080/song.mp3')).code).toBe('refused_url');
  expect(attempts()).toEqual([`${unassigned} 80`]);
});
