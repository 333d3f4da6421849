/**
 * A pool of part buffers: allocating a buffer costs more than filling it. The pool has no limit of its own: a
 * transfer holds at most `limits.partsHeldWhole` buffers, and `limits.transfersAtOnce` transfers run at once.
 */
export type Buffers = { take(): Buffer; giveBack(buffer: Buffer): void };

export function createBuffers(bytes: number): Buffers {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(bytes),
    giveBack: (buffer) => void free.push(buffer),
  };
}
