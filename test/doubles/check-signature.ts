// AWS Signature Version 4 as a service checks it, written from AWS's description of it and sharing nothing with ours:
// "Create a signed AWS API request", IAM User Guide.
import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: Buffer };

const authorization =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
const byText = (one: string, other: string) => (one < other ? -1 : Number(one > other));

/** Who signed what for where, or why the service would refuse the request. */
export function checkSignature({ method, path, headers, body }: Received, secretAccessKey: string) {
  const found = authorization.exec(headers.authorization ?? '');
  if (found === null) return 'no signature';
  const [, accessKeyId = '', day = '', region = '', service = '', names = '', signature] = found;
  const signed = names.split(';');
  const must = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  const forgotten = must.filter((name) => !signed.includes(name));
  if (forgotten.length > 0) return `not signed: ${forgotten}`;

  const hash = String(headers['x-amz-content-sha256']);
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body)) return 'another body';
  const [pathname = '', search = ''] = path.split('?');
  const canonical = [
    method,
    service === 's3' ? pathname : pathname.split('/').map(encode).join('/'),
    canonicalQuery(search),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    names,
    hash,
  ].join('\n');
  const date = String(headers['x-amz-date']);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const expected = hmac(key, ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).toString('hex');
  return signature === expected ? { accessKeyId, region, service, date } : `another request than\n${canonical}`;
}

function canonicalQuery(search: string): string {
  const pairs = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=').map((part) => encode(decode(part)));
      return [name, value] as const;
    });
  return pairs
    .toSorted(([one, first], [other, second]) => byText(one, other) || byText(first, second))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}
