import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { setUpSource } from './source-setup.ts';

// Temporary faults, retried by the schedule: a host may replace its certificate. The check is never skipped.

describe.each(['failure', 'rangeFailure'] as const)(
  'F38 %s: a certificate is refused before anything is asked',
  (failure) => {
    test.each([
      ['of its own making', 'self-signed', 'media.test', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['for another name', 'leaf', 'other.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['that has run out', 'expired', 'media.test', 'CERT_HAS_EXPIRED'],
    ] as const)('%s', async (_which, certificate, host, reason) => {
      const { [failure]: fail, server } = await setUpSource({ scheme: 'https', certificate });

      expect(await fail(`https://${host}:${server.port}/whole/song.mp3`)).toEqual({
        code: 'tls_failed',
        detail: `${host}:${server.port}: ${reason}`,
      });
      expect(server.paths()).toEqual([]);
    });

    test('also where a redirect leads to it', async () => {
      const { [failure]: fail, server } = await setUpSource({ scheme: 'https' });

      expect(await fail(`/redirect/any?to=https://other.test:${server.port}/whole/song.mp3`)).toMatchObject({
        code: 'tls_failed',
      });
      expect(new Set(server.paths().map((path) => path.split('?')[0]))).toEqual(new Set(['/redirect/any']));
    });

    test('whatever the environment says', async () => {
      const { [failure]: fail, server } = await setUpSource({ scheme: 'https', certificate: 'expired' });
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
      onTestFinished(() => void vi.unstubAllEnvs());

      expect(await fail(`https://media.test:${server.port}/whole/song.mp3`)).toMatchObject({ code: 'tls_failed' });
      expect(server.paths()).toEqual([]);
    });
  },
);

test.each(['bytes', 'rangeFailure'] as const)('a right certificate is asked for by name: %s', async (ask) => {
  const { [ask]: asking, server } = await setUpSource({ scheme: 'https' });

  await asking(`https://media.test:${server.port}/whole/song.mp3`);

  expect(server.requests[0]).toMatchObject({
    headers: { host: `media.test:${server.port}` },
    serverName: 'media.test',
  });
});

test.each(['bytes', 'rangeFailure'] as const)('its final dot is no part of a name: %s', async (ask) => {
  const { [ask]: asking, server } = await setUpSource({ scheme: 'https' });

  await asking(`https://media.test.:${server.port}/whole/song.mp3`);

  expect(server.requests[0]).toMatchObject({ serverName: 'media.test' });
});

test.each(['bytes', 'rangeFailure'] as const)(
  'an address is no server name, and is not given as one (RFC 6066): %s',
  async (ask) => {
    const { [ask]: asking, server } = await setUpSource({ scheme: 'https' });

    await asking('/whole/song.mp3');

    expect(server.requests[0]).toMatchObject({ serverName: false });
  },
);
