// What has come and nobody has asked for yet, in memory of fixed size.

/** What one read may bring: Node's own reads are no larger. */
const sliceBytes = 64 * 1024;

export type HeldMemory = {
  /** Where the next read may go; null where there is no room left. */
  spare(): Uint8Array | null;
  /** So many bytes were read into `memory`. @returns whether that was a `spare()` of ours */
  add(bytes: number, memory: Uint8Array): boolean;
  /** All that is held. */
  view(): Buffer;
  /** Moves as much as fits. @returns how much that was */
  moveTo(place: Uint8Array): number;
  skip(bytes: number): void;
};

export function createHeldMemory(bytes: number): HeldMemory {
  const all = Buffer.allocUnsafeSlow(bytes);
  let from = 0;
  let to = 0;
  return {
    spare() {
      all.copyWithin(0, from, to);
      to -= from;
      from = 0;
      return to === all.length ? null : all.subarray(to, to + sliceBytes);
    },
    add(added, memory) {
      if (memory.buffer !== all.buffer) return false;
      // What was held when this memory was given may have been moved away since.
      const at = memory.byteOffset - all.byteOffset;
      if (from === to) from = at;
      to = at + added;
      return true;
    },
    view: () => all.subarray(from, to),
    moveTo(place) {
      const moved = all.copy(place, 0, from, to);
      from += moved;
      return moved;
    },
    skip(skipped) {
      from += skipped;
    },
  };
}
