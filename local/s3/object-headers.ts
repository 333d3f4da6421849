// The headers that an object stores and returns unchanged.

import type { Headers } from './call.ts';
import { notImplemented } from './errors.ts';

const kept = ['content-type', 'content-disposition', 'content-language', 'content-encoding', 'cache-control'];

/** These would change what the request means, so they are rejected instead of ignored. */
const refused =
  /^x-amz-(copy-source|tagging|object-lock|write-offset-bytes|website-redirect|server-side-encryption-customer)/;

export function refuseHeaders(headers: Headers): void {
  const unknown = Object.keys(headers).find((name) => refused.test(name));
  if (unknown) throw notImplemented(`requests with ${unknown}`);
}

export function keptHeaders(headers: Headers): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value !== undefined && (kept.includes(name) || name.startsWith('x-amz-meta-')) ? [[name, value] as const] : [],
  );
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(pairs) };
}
