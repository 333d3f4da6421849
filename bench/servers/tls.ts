import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// The tests' own CA and certificate: valid until 2120 and trusted by no one else.
const folder = join(import.meta.dirname, '../../test/fixtures/tls');

export const caFile = join(folder, 'ca.pem');

/** One cipher for all, Node's default, so that every way has the same cost of encryption. */
export function tlsOptions() {
  return {
    cert: readFileSync(join(folder, 'leaf.pem')),
    key: readFileSync(join(folder, 'key.pem')),
    minVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_256_GCM_SHA384',
  } as const;
}
