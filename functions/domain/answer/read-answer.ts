// Reads a provider's polling answer into the form of a callback, so that planning and transfer exist once. Never
// throws, whatever was sent.

import { findTaskId, isObject } from '../callback/body.ts';
import type { ParsedCallback } from '../callback/family.ts';
import { list, number, text } from '../callback/lenient.ts';
import { isSuccess } from '../callback/outcome.ts';
import { readCallback } from '../callback/parse.ts';
import type { Stage, TaskKind } from '../vocabulary.ts';
import { type AnswerState, type KnownProvider, type Refusal, refusalOf, type Shape, stateOf } from './endpoints.ts';
import { type NormalisedAnswer, normaliseAnswer, recovered } from './normalise-answer.ts';

export type PolledTask = { provider: KnownProvider; kind: TaskKind; taskId: string; shape: Shape };

export type ReadAnswer = { callback: ParsedCallback } | Refusal;

/** `body`: undefined if it was not JSON. `status`: the HTTP status, used if the body has no code. */
export function readAnswer({ status, body }: { status: number; body: unknown }, asked: PolledTask): ReadAnswer {
  const { provider, shape } = asked;
  if (!isObject(body)) return notUnderstood(asked, `HTTP ${status}, and no JSON object`);
  const code = number.parse(body.code) ?? (status >= 400 ? status : null);
  if (code === null) return notUnderstood(asked, 'there is no status code');
  const isList = Array.isArray(body.data);
  // For a recovery the code is the state: 201 running, 500 with a list of tracks failed.
  const isState = shape === 'recovery' && (code === 201 || (code === 500 && isList));
  if (!isSuccess(code) && !isState) return refusalOf(provider, code, wordsOf(body.msg));
  const about = findTaskId(body);
  if (about !== null && about !== asked.taskId) return { unknown: `${provider} answered about another task` };

  if (shape === 'recovery' && (isList || code === 201)) return readRecovery({ code, body }, asked);
  if (body.data == null) return { unknown: `${provider} knows no such task` };
  if (!isObject(body.data)) return notUnderstood(asked, '"data" is no object');
  const seen = normaliseAnswer(shape, body.data, asked);
  const { state, said } = stateOf(shape, body.data);
  const failure = { code: failureCode(body.data, said), msg: reasonOf(body.data) ?? said };
  return toReadAnswer({ ...seen, state, failure, msg: wordsOf(body.msg) }, asked);
}

function notUnderstood({ provider }: PolledTask, why: string): Refusal {
  return { unavailable: `the answer of ${provider} is not understood: ${why}`, isBusy: false };
}

function wordsOf(msg: unknown): string {
  return (text.parse(msg) ?? '').slice(0, 300);
}

function readRecovery(
  { code, body }: { code: number; body: Readonly<Record<string, unknown>> },
  asked: PolledTask,
): ReadAnswer {
  const state = code === 201 ? 'pending' : code === 500 ? 'failed' : 'complete';
  const errors = list.parse(body.data).map(({ error }) => text.parse(error));
  const msg = [...new Set(errors.filter((error) => error !== null))].join(', ');
  return toReadAnswer(
    { data: recovered(body.data), state, failure: { code: 500, msg }, msg: wordsOf(body.msg) },
    asked,
  );
}

type AnswerWithState = NormalisedAnswer & { state: AnswerState; failure: { code: number; msg: string }; msg: string };

function toReadAnswer({ data, isWhole = true, state, failure, msg }: AnswerWithState, asked: PolledTask): ReadAnswer {
  const { provider, taskId } = asked;
  const head = state === 'failed' ? failure : { code: 200, msg };
  const parsed = readCallback({ ...head, task_id: taskId, data });
  if ('unrecognised' in parsed) return notUnderstood(asked, parsed.unrecognised);
  // Provider and task id are those that were polled; the families only guess them.
  const callback = { ...parsed.callback, provider, taskId };
  if (state === 'failed') return { callback };
  if (state === 'unrecognised' && !hasMedia(callback))
    return notUnderstood(asked, 'it names no state, or an unknown one');
  const stage = stageOf(state, { isWhole: isWhole && callback.failure === null, isBegun: hasMedia(callback) });
  return { callback: stage === 'complete' ? callback : { ...callback, stage, failure: null } };
}

/** Whether there is more than text and a song's cover. */
function hasMedia({ kind, tracks, assets }: ParsedCallback): boolean {
  const isLyrics = kind === 'lyrics' && tracks.length > 0;
  return isLyrics || assets.some((asset) => asset.kind !== 'image' || asset.trackId === null);
}

function stageOf(state: AnswerState, { isWhole, isBegun }: { isWhole: boolean; isBegun: boolean }): Stage {
  if (state === 'first' || state === 'complete') return state;
  if (state === 'undelivered' && isWhole) return 'complete';
  return (state === 'undelivered' || state === 'unrecognised') && isBegun ? 'first' : 'text';
}

/** Answers about failures contain the code of the callback that was sent, or should have been. */
function failureCode({ errorCode, failCode }: Readonly<Record<string, unknown>>, said: string): number {
  const sent = [errorCode, failCode].map((value) => number.parse(value));
  const code = sent.find((value) => value !== null && Number.isInteger(value) && value >= 400 && value < 1000);
  return code ?? (/SENSITIVE/i.test(said) ? 400 : 501);
}

function reasonOf({ errorMessage, failMsg }: Readonly<Record<string, unknown>>): string | null {
  return text.parse(errorMessage) ?? text.parse(failMsg);
}

/**
 * A JSON string of that name, also inside another string, where quotes and slashes are preceded by backslashes: seven
 * at a nesting of three. Bounded, because a long row of backslashes would otherwise take minutes.
 */
const callbackUrl = /("call_?back_?url\\{0,7}"\s{0,9}:\s{0,9}\\{0,7}")(?:[^"\\]|\\{1,7}(?:\/|u[\da-f]{4}))+/gi;

/**
 * Removes the callback URL, which contains the token: providers repeat the parameters of a task, and readers of the
 * bucket must not learn the token from them.
 */
export function withoutCallbackUrl(said: string): string {
  return said.replace(callbackUrl, '$1(the callback URL)');
}
