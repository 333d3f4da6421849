import * as z from 'zod';
import { findTaskId } from '../../functions/domain/callback/task-id.ts';
import { CommandError } from '../outcome.ts';
import { type RecoveringProvider, recoveryApis } from './recovery-request.ts';

export type RecoveryQuestion = {
  provider: RecoveringProvider;
  taskId: string;
  callBackUrl: string;
  key: string;
  env: Readonly<Record<string, string | undefined>>;
};

/** The provider responds at once and does the work later. */
const patienceMs = 30_000;
const maxAnswerBytes = 64 * 1024;

const answerSchema = z.looseObject({ code: z.coerce.number(), msg: z.string().nullish() });

const isItTaken = 'Whether it took the order is not known: look at your account there before you order again.';

/**
 * @returns the id of the task that will deliver the files
 * @throws CommandError if the provider rejects the request. Never retried: each request costs credits.
 */
export async function askForRecovery({ provider, key, env, ...recovery }: RecoveryQuestion): Promise<string> {
  const { variable, url, path, body } = recoveryApis[provider];
  const { status, text } = await post(new URL(path, env[variable] || url), key, body(recovery)).catch(
    (error: Error) => {
      throw new CommandError(`${provider} gave no answer (${error.name}: ${error.message}). ${isItTaken}`);
    },
  );
  const answer = answerSchema.safeParse(parsedOrUndefined(text));
  if (!answer.success) {
    throw new CommandError(`${provider} answered ${status}, and not in a way that is known. ${isItTaken}`);
  }
  const { code, msg } = answer.data;
  if (code !== 200) {
    throw new CommandError(`${provider} refused with ${code}: ${msg ?? 'no reason given'}. ${adviceOn(code)}`);
  }
  const recoveryId = findTaskId(answer.data);
  if (recoveryId !== null) return recoveryId;
  throw new CommandError(`${provider} took the order and named no task: look at your account there, then announce it.`);
}

async function post(url: URL, key: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
    // The API key must not be sent to another host.
    redirect: 'error',
    signal: AbortSignal.timeout(patienceMs),
  });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.length;
    if (bytes > maxAnswerBytes) throw new Error(`an answer of over ${maxAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return { status: response.status, text: Buffer.concat(pieces).toString() };
}

/** On sunoapi.org 429 means missing credits, not too many requests. */
function adviceOn(code: number): string {
  if (code === 401 || code === 403) return 'The API key is not accepted: see the secret with the provider keys.';
  if (code === 402 || code === 429) return 'The account may lack credits, or was asked too often.';
  if (code === 404 || code === 422) return 'The provider may not know the task, or not as one of music.';
  return 'Try again later.';
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
