// The request and response of a route. Only `serve.ts` handles HTTP's own objects.
import type { Readable } from 'node:stream';
import type { Refused } from './page-api.ts';

export type Call = {
  /** The part of the path that matches the route's group. */
  name: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  /** Aborted when the browser disconnects. */
  signal: AbortSignal;
};

export type Answer = {
  status: number;
  headers: Readonly<Record<string, string | number>>;
  body?: string | Uint8Array | Readable;
};

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

export function refusal(status: number, error: string): Answer {
  return jsonAnswer({ error } satisfies Refused, status);
}
