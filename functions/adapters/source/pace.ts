// One rule for a host that is silent and one that is too slow: how much comes in each window of time in which somebody
// waits for it. Deliberately no timer per chunk, and none while nobody waits: a slow reader is not held against the host.
import { TransferError } from '../../domain/errors.ts';
import type { SourceLimits } from './surroundings.ts';

export type Pace = {
  /**
   * Begins a wait; the answer ends it. `received` counts the bytes that came in this wait. `giveUp` is told `idle_timeout`
   * or `too_slow`.
   */
  wait(received: () => number, giveUp: (error: TransferError) => void): () => void;
};

export function createPace({ idleMs, minimumRate }: Pick<SourceLimits, 'idleMs' | 'minimumRate'>): Pace {
  const leastBytes = Math.max(1, (minimumRate * idleMs) / 1000);
  // Of the window, which goes on from one wait to the next.
  let waitedMs = 0;
  let bytes = 0;
  let totalBytes = 0;

  return {
    wait(received, giveUp) {
      let since = performance.now();
      let counted = 0;
      const count = () => {
        const fresh = received() - counted;
        counted += fresh;
        bytes += fresh;
        totalBytes += fresh;
      };
      const endOfWindow = () => {
        count();
        if (bytes < leastBytes) return giveUp(tooLittle(bytes, idleMs, totalBytes));
        since = performance.now();
        waitedMs = 0;
        bytes = 0;
        timer = setTimeout(endOfWindow, idleMs);
      };
      let timer = setTimeout(endOfWindow, idleMs - waitedMs);
      return () => {
        clearTimeout(timer);
        count();
        waitedMs += performance.now() - since;
      };
    },
  };
}

function tooLittle(bytes: number, idleMs: number, totalBytes: number): TransferError {
  return bytes === 0
    ? new TransferError('idle_timeout', `nothing arrived for ${idleMs} ms, after ${totalBytes} bytes`)
    : new TransferError('too_slow', `only ${bytes} bytes arrived in ${idleMs} ms, of ${totalBytes}`);
}
