import type { TransferOptions } from '../ports.ts';

/** At most; of a function that has little time itself, a quarter. */
const reserveMs = 60_000;

/** Time to bring a part that is under way to its end, and then to write the record, before the function's own end. */
export function signalsFor(leftMs: number): Pick<TransferOptions, 'stopping' | 'signal'> {
  const reserve = Math.min(reserveMs, leftMs / 4);
  return { stopping: abortedAfter(leftMs - reserve), signal: abortedAfter(leftMs - reserve / 2) };
}

/** Whole milliseconds, as `AbortSignal.timeout` asks for, and at once where none are left. */
function abortedAfter(ms: number): AbortSignal {
  return AbortSignal.timeout(Math.max(0, Math.floor(ms)));
}
