// Delivers a callback as the provider does: a POST with a limit of 15 seconds, and three attempts in all. The
// provider does not document the delay between attempts.

import type { CallbackStage } from './callback-bodies.ts';

/** `status` is null if there was no response; `error` then gives the reason. */
export type DeliveryAttempt = { status: number | null; ms: number; error: string | null };

export type Delivery = {
  callBackUrl: string;
  taskId: string;
  stage: CallbackStage;
  body: Buffer;
  /** Sent again although an earlier attempt got 200, as after a lost response. */
  isRepeat: boolean;
  tries: readonly DeliveryAttempt[];
};

export const answerWithinMs = 15_000;
const mostTries = 3;

async function postOnce(url: string, body: Buffer, signal: AbortSignal): Promise<DeliveryAttempt> {
  const startedAt = performance.now();
  const ended = (status: number | null, error: string | null): DeliveryAttempt => ({
    status,
    ms: performance.now() - startedAt,
    error,
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: new Uint8Array(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    await response.body?.cancel();
    return ended(response.status, null);
  } catch (error) {
    return ended(null, error instanceof Error ? error.message : String(error));
  }
}

export async function postCallback(
  url: string,
  body: Buffer,
  { betweenTries, signal }: { betweenTries: () => Promise<void>; signal: AbortSignal },
): Promise<readonly DeliveryAttempt[]> {
  const tries: DeliveryAttempt[] = [];
  while (tries.length < mostTries) {
    if (tries.length > 0) await betweenTries();
    const latest = await postOnce(url, body, signal);
    tries.push(latest);
    if (latest.status === 200) break;
  }
  return tries;
}
