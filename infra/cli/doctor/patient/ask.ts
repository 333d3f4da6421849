import { doctorLimits } from '../limits.ts';
import type { Answer, Question } from '../patient.ts';
import { UnreachableError } from '../unreachable.ts';

/** Ours have a hundred bytes; what is longer is cut. */
const maxBodyBytes = 64 * 1024;

/** What Node and its `fetch` call a connection that never was. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
]);

/** One request to a server that may be anybody's: no redirect is followed, and neither wait nor answer is without an end. */
export async function ask(
  url: string,
  { signal, ...question }: Question,
  limitMs: number = doctorLimits.answerMs,
): Promise<Answer> {
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
  // Leaving the loop ends the connection.
  for await (const piece of body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= maxBodyBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, maxBodyBytes).toString('utf8');
}

/** `fetch` says what happened only in the cause, and in its own message the URL, which holds the token. */
function reasonIn(error: unknown): string {
  const { cause } = error instanceof Error ? error : new Error();
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error instanceof Error ? error.name : 'it is no URL');
}
