// A link that whoever has it may read one object by, for a while: how the test song gets to the archiver.
import type { S3ClientResolvedConfig } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';

export type LinkSigner = Pick<S3ClientResolvedConfig, 'credentials' | 'region' | 'sha256'>;
type Wanted = { host: string; path: string; expiresInSeconds: number; at: Date };

const hash = 'x-amz-content-sha256';

/** `path`: encoded. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
export async function presignedLink(
  { credentials, region, sha256 }: LinkSigner,
  { host, path, expiresInSeconds: expiresIn, at }: Wanted,
): Promise<string> {
  const signer = new SignatureV4({ service: 's3', credentials, region, sha256, uriEscapePath: false });
  // What is signed in place of a body's hash; it is no part of the link.
  const headers = { host, [hash]: 'UNSIGNED-PAYLOAD' };
  const bare = new Set([hash]);
  const { query = {} } = await signer.presign(
    { method: 'GET', protocol: 'https:', hostname: host, path, query: {}, headers },
    { expiresIn, signingDate: at, unsignableHeaders: bare, unhoistableHeaders: bare },
  );
  const link = new URL(`https://${host}${path}`);
  for (const [name, value] of Object.entries(query)) link.searchParams.set(name, String(value));
  return link.href;
}
