// Maps method and URL to the name of an operation. S3 distinguishes many operations by query parameters alone (`PUT
// /bucket/key?tagging` must never overwrite the object), so a route matches only if it knows every parameter.

import { AwsError } from '../aws-json.ts';
import { notImplemented } from './call.ts';
import { keyProblem } from './disk-layout.ts';

type Route = {
  operation: string;
  method: string;
  target: 'bucket' | 'object';
  /** Query parameters that must be present. */
  needs?: readonly string[];
  /** Query parameters that may be present. */
  takes?: readonly string[];
};

const routes = [
  { operation: 'CreateBucket', method: 'PUT', target: 'bucket' },
  { operation: 'HeadBucket', method: 'HEAD', target: 'bucket' },
  {
    operation: 'ListObjectsV2',
    method: 'GET',
    target: 'bucket',
    needs: ['list-type'],
    takes: ['prefix', 'delimiter', 'max-keys', 'continuation-token', 'start-after'],
  },
  {
    operation: 'ListMultipartUploads',
    method: 'GET',
    target: 'bucket',
    needs: ['uploads'],
    takes: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker'],
  },
  { operation: 'PutObject', method: 'PUT', target: 'object' },
  { operation: 'GetObject', method: 'GET', target: 'object' },
  { operation: 'HeadObject', method: 'HEAD', target: 'object' },
  { operation: 'DeleteObject', method: 'DELETE', target: 'object' },
  { operation: 'CreateMultipartUpload', method: 'POST', target: 'object', needs: ['uploads'] },
  { operation: 'UploadPart', method: 'PUT', target: 'object', needs: ['partNumber', 'uploadId'] },
  {
    operation: 'ListParts',
    method: 'GET',
    target: 'object',
    needs: ['uploadId'],
    takes: ['max-parts', 'part-number-marker'],
  },
  { operation: 'CompleteMultipartUpload', method: 'POST', target: 'object', needs: ['uploadId'] },
  { operation: 'AbortMultipartUpload', method: 'DELETE', target: 'object', needs: ['uploadId'] },
] as const satisfies readonly Route[];

export type S3Operation = (typeof routes)[number]['operation'];

export type S3Route = { operation: S3Operation; bucket: string; key: string; query: URLSearchParams };

export function routeRequest(method: string, url: string): S3Route {
  // Deliberately not `new URL`: it would resolve the dots of `/bucket/../x` before they could be rejected.
  const [path = '', search] = splitOnce(url, '?');
  const [encodedBucket = '', encodedKey] = splitOnce(path.replace(/^\//, ''), '/');
  const [bucket, key] = [decode(encodedBucket), decode(encodedKey)];
  const query = new URLSearchParams(search);
  const target = key === '' ? 'bucket' : 'object';

  const route = routes.find((candidate) => candidate.target === target && fits(candidate, method, query));
  if (!route || bucket === '') throw notImplemented(`${method} on this ${target} with [${[...query.keys()]}]`);
  const problem = target === 'object' ? keyProblem(key) : undefined;
  if (problem) throw problem;
  return { operation: route.operation, bucket, key, query };
}

/**
 * Parameters that are ignored: `x-id` names the operation for logs, and the others are the signature of a presigned
 * URL, which is not checked.
 */
const ignoredParameters = [
  'x-amz-checksum-mode',
  'x-id',
  'X-Amz-Algorithm',
  'X-Amz-Content-Sha256',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
];

function fits(route: Route, method: string, query: URLSearchParams): boolean {
  const { needs = [], takes = [] } = route;
  const known = new Set([...needs, ...takes, ...ignoredParameters]);
  return (
    route.method === method && needs.every((name) => query.has(name)) && [...query.keys()].every((n) => known.has(n))
  );
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AwsError('InvalidURI', 'The path is not percent-encoded UTF-8.');
  }
}
