// AWS Signature Version 4, by the SDK's own signer: the only part of the SDK that a request needs.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { type AwsEnvironment, credentialsOf, regionOf } from './environment.ts';

export type Unsigned = {
  /** As signatures name it: `s3`, `sqs`, `secretsmanager`. */
  service: string;
  method: string;
  /** What its path and its query hold is encoded already, everything but `A-Z a-z 0-9 - . _ ~`: S3 signs it so. */
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: readonly Uint8Array[];
  /** Whether the signature covers the body. Over plain http it always does. */
  payload: 'signed' | 'unsigned';
};

/** @returns the headers that the request is to be sent with */
export type Sign = (request: Unsigned, at: Date) => Promise<Record<string, string>>;

export function createSigner(environment: AwsEnvironment): Sign {
  const signerFor = signersOf(environment);

  return async ({ service, method, url, headers, body, payload }, signingDate) => {
    const signer = signerFor(service);
    const { searchParams } = url;
    const request = {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)])),
      headers: {
        ...headers,
        host: url.host,
        ...lengthOf(method, body),
        'x-amz-content-sha256': hashOf(url, body, payload),
      },
    };
    return (await signer.sign(request, { signingDate })).headers;
  };
}

/** A GET of `url`, which has no query, that anybody may send. */
type Presigned = { service: string; url: URL; expiresSeconds: number };

/** @returns the query that the URL is to be sent with */
type Presign = (request: Presigned, at: Date) => Promise<Record<string, string>>;

export function createPresigner(environment: AwsEnvironment): Presign {
  const signerFor = signersOf(environment);

  return async ({ service, url, expiresSeconds }, signingDate) => {
    const request = {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      // The signer moves the second one into the query.
      headers: { host: url.host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
    };
    const { query = {} } = await signerFor(service).presign(request, { expiresIn: expiresSeconds, signingDate });
    return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
  };
}

/** One for each service, made when it is first needed. */
function signersOf(environment: AwsEnvironment): (service: string) => SignatureV4 {
  const signers = new Map<string, SignatureV4>();
  return (service) => {
    const known = signers.get(service);
    if (known !== undefined) return known;
    const signer = new SignatureV4({
      service,
      region: async () => regionOf(environment),
      credentials: async () => credentialsOf(environment),
      sha256: Sha256,
      // S3 alone takes paths as they are; every other service encodes them once more.
      uriEscapePath: service !== 's3',
    });
    signers.set(service, signer);
    return signer;
  };
}

function lengthOf(method: string, body: readonly Uint8Array[]): Record<string, string> {
  const bytes = body.reduce((sum, piece) => sum + piece.length, 0);
  return bytes > 0 || method === 'PUT' || method === 'POST' ? { 'content-length': String(bytes) } : {};
}

function hashOf(url: URL, body: readonly Uint8Array[], payload: Unsigned['payload']): string {
  // What TLS protects on the way needs no hash of its own: SHA-256 costs more than the rest of an upload.
  if (payload === 'unsigned' && url.protocol === 'https:') return 'UNSIGNED-PAYLOAD';
  const hash = createHash('sha256');
  for (const piece of body) hash.update(piece);
  return hash.digest('hex');
}

/** Node's hash in the shape that the signer asks for; with a secret it is an HMAC. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new Error('a hash is used once');
  }
}

function bytesOf(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}
