// What a route is asked, and what it answers with. Only `serve.ts` knows HTTP's own objects.
import type { Readable } from 'node:stream';
import type { Refused } from './page-api.ts';

export type Call = {
  /** Of the path, what the route's pattern holds. */
  name: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  /** Aborted as soon as the browser has left. */
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
