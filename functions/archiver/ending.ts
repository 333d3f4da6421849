import type { TransferOptions } from '../ports.ts';

/** At most; of a function that has little time itself, a quarter. */
const reserveMs = 60_000;

/** Time to bring a part that is under way to its end, and then to write the record, before the function's own end. */
export function endingOf(leftMs: number): Pick<TransferOptions, 'stopping' | 'signal'> {
  const reserve = Math.min(reserveMs, leftMs / 4);
  return { stopping: AbortSignal.timeout(leftMs - reserve), signal: AbortSignal.timeout(leftMs - reserve / 2) };
}
