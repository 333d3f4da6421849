// Conditional requests: the compare-and-swap on which the product's records and objects depend.

import type { AwsError } from '../aws-error.ts';
import type { Headers } from './call.ts';
import { noSuchKey, notImplemented, preconditionFailed } from './errors.ts';

export type WriteCondition = { readonly ifMatch?: string; readonly ifNoneMatch?: '*' };

type Version = { readonly etag: string };

export function writeCondition(headers: Headers): WriteCondition {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw notImplemented("writes with If-None-Match other than '*'");
  return { ifMatch: headers['if-match'], ifNoneMatch };
}

/** Returns undefined if the write is allowed for the current version. */
export function writeProblem(condition: WriteCondition, key: string, current?: Version): AwsError | undefined {
  const { ifMatch, ifNoneMatch } = condition;
  if (ifNoneMatch && current) return preconditionFailed('If-None-Match');
  if (ifMatch === undefined) return undefined;
  if (!current) return noSuchKey(key);
  return names(ifMatch, current) ? undefined : preconditionFailed('If-Match');
}

export function readVerdict(headers: Headers, current: Version): 'send' | 'not-modified' {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && !names(ifMatch, current)) throw preconditionFailed('If-Match');
  return ifNoneMatch !== undefined && names(ifNoneMatch, current) ? 'not-modified' : 'send';
}

/** ETags are compared without quotes: S3 accepts both forms. */
function names(header: string, { etag }: Version): boolean {
  return header.split(',').some((each) => each.trim() === '*' || unquoted(each) === unquoted(etag));
}

export function unquoted(etag: string): string {
  return etag.trim().replaceAll('"', '');
}
