// What the adapter sends to S3, seen by a server that takes anything.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import tls from 'node:tls';
import { crc32 } from 'node:zlib';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { createS3Bucket } from '../../../functions/adapters/s3-bucket.ts';
import { sha256 } from '../../../functions/domain/file-name.ts';

const pem = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/tls', name));
const body = 'la la';
const checksum = Buffer.alloc(4);
checksum.writeUInt32BE(crc32(body));

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ['http', sha256(body)],
  ['https', 'UNSIGNED-PAYLOAD'],
] as const)(
  'a body over %s is sent with its CRC32, and signed only where TLS does not protect it',
  async (scheme, signed) => {
    const seen = await listen(scheme);

    await createS3Bucket('music').write('library/song.mp3', body, { contentType: 'audio/mpeg' }, 'absent');

    expect(seen).toEqual([
      expect.objectContaining({
        'x-amz-content-sha256': signed,
        'x-amz-checksum-crc32': checksum.toString('base64'),
        'if-none-match': '*',
      }),
    ]);
  },
);

/** The headers of all requests to a server that the SDK takes for S3. */
async function listen(scheme: 'http' | 'https'): Promise<IncomingHttpHeaders[]> {
  const seen: IncomingHttpHeaders[] = [];
  const take: http.RequestListener = (request, response) => {
    seen.push(request.headers);
    request.resume().on('end', () => response.writeHead(200, { etag: '"e"' }).end());
  };
  const server =
    scheme === 'http'
      ? http.createServer(take)
      : https.createServer({ key: pem('key.pem'), cert: pem('leaf.pem') }, take);
  const trusted = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...trusted, pem('ca.pem').toString()]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    tls.setDefaultCACertificates(trusted);
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `${scheme}://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  return seen;
}
