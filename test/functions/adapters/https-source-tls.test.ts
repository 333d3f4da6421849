import { expect, test } from 'vitest';
import { openSourceBench } from './source-bench.ts';

// Passing reasons, tried again by schedule: a host may mend its certificate. They are never waved through.

test('a certificate of its own making is refused before anything is asked', async () => {
  const { failure, server } = await openSourceBench({ scheme: 'https', certificate: 'self-signed' });

  expect(await failure(`https://media.test:${server.port}/whole/song.mp3`)).toEqual({
    code: 'tls_failed',
    detail: `media.test:${server.port}: DEPTH_ZERO_SELF_SIGNED_CERT`,
  });
  expect(server.paths()).toEqual([]);
});

test('a certificate for another name is refused before anything is asked', async () => {
  const { failure, server } = await openSourceBench({ scheme: 'https' });

  expect(await failure(`https://other.test:${server.port}/whole/song.mp3`)).toEqual({
    code: 'tls_failed',
    detail: `other.test:${server.port}: ERR_TLS_CERT_ALTNAME_INVALID`,
  });
  expect(server.paths()).toEqual([]);
});

test('a certificate that has run out is refused before anything is asked', async () => {
  const { failure, server } = await openSourceBench({ scheme: 'https', certificate: 'expired' });

  expect(await failure(`https://media.test:${server.port}/whole/song.mp3`)).toEqual({
    code: 'tls_failed',
    detail: `media.test:${server.port}: CERT_HAS_EXPIRED`,
  });
  expect(server.paths()).toEqual([]);
});

test('a redirect to a host with a wrong certificate is refused as well', async () => {
  const { failure, server } = await openSourceBench({ scheme: 'https' });

  expect(await failure(`/redirect/302?to=https://other.test:${server.port}/whole/song.mp3`)).toMatchObject({
    code: 'tls_failed',
  });
  expect(server.paths()).toHaveLength(1);
});

test('a right certificate is asked for by name', async () => {
  const { bytes, server } = await openSourceBench({ scheme: 'https' });

  await bytes(`https://media.test:${server.port}/whole/song.mp3`);

  expect(server.requests[0]).toMatchObject({
    headers: { host: `media.test:${server.port}` },
    serverName: 'media.test',
  });
});

test('an address is no server name, and is not given as one (RFC 6066)', async () => {
  const { bytes, server } = await openSourceBench({ scheme: 'https' });

  await bytes('/whole/song.mp3');

  expect(server.requests[0]).toMatchObject({ serverName: false });
});
