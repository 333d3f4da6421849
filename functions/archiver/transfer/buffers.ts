/**
 * Memory for parts, used again and again: a fresh buffer costs more than filling it. No limit is kept here: a transfer
 * holds `limits.partsHeldWhole` at most, and `limits.transfersAtOnce` run at a time.
 */
export type Buffers = { take(): Buffer; giveBack(buffer: Buffer): void };

export function createBuffers(bytes: number): Buffers {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(bytes),
    giveBack: (buffer) => void free.push(buffer),
  };
}
