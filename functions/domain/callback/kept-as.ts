// The key under which a callback's raw body is kept, read before the meaning of the body.
import type { Stage } from '../record.ts';
import { findTaskId, isObject } from './body.ts';
import { number } from './lenient.ts';
import { isSuccess } from './outcome.ts';

/**
 * Under which task and stage a body is kept. Null: it has no task id. Reads a few fields and no track, so that the time
 * does not depend on the size of the body. A success without media is kept under the stage that it claims.
 */
export function keptAs(body: unknown): { taskId: string; stage: Stage } | null {
  const taskId = findTaskId(body);
  if (taskId === null || !isObject(body)) return null;
  const code = number.parse(body.code);
  if (code !== null && !isSuccess(code)) return { taskId, stage: 'error' };
  return { taskId, stage: stageOf(isObject(body.data) ? body.data.callbackType : undefined) };
}

/**
 * The stage of a success. An unknown stage is treated as `first`: its links are fetched, and the task is not
 * complete. For "error" with a success code, the code wins.
 */
export function stageOf(callbackType: unknown): Stage {
  if (callbackType === 'text' || callbackType === 'first') return callbackType;
  return callbackType == null || /complete|success|error|fail/i.test(String(callbackType)) ? 'complete' : 'first';
}
