import { doctorLimits, UnreachableError } from '../finding.ts';
import type { HttpQuestion, HttpReply } from '../target.ts';

/** Our responses have about a hundred bytes; longer ones are cut. */
const maxBodyBytes = 64 * 1024;

/** Codes of Node and its `fetch` for a connection that was never established. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
]);

/**
 * Sends one request to a server that may be anyone's: redirects are not followed, and time and response size are
 * limited.
 */
export async function ask(
  url: string,
  { signal, ...question }: HttpQuestion,
  limitMs: number = doctorLimits.answerMs,
): Promise<HttpReply> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(url, { ...question, redirect: 'manual', signal: AbortSignal.any([signal, limit]) });
    const date = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      body: await boundedText(response.body),
      date: Number.isNaN(date) ? null : new Date(date),
    };
  } catch (error) {
    if (limit.aborted) throw new Error(`The callback URL gave no answer within ${limitMs / 1000} s.`);
    const reason = reasonIn(error);
    if (beforeSending.has(reason)) throw new UnreachableError(`The callback URL cannot be reached: ${reason}.`);
    throw new Error(`The callback URL gave no answer: ${reason}.`);
  }
}

async function boundedText(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const piece of body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= maxBodyBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, maxBodyBytes).toString('utf8');
}

/** `fetch` explains the failure only in its cause; its own message contains the URL, and thus the token. */
function reasonIn(error: unknown): string {
  const { cause } = error instanceof Error ? error : new Error();
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error instanceof Error ? error.name : 'it is no URL');
}
