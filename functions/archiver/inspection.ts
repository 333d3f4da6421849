// Looks at a file as it passes in parts: its size, its checksums, its structure.
import { TransferError } from '../domain/errors.ts';
import { addToCheck, endCheck, startCheck } from '../domain/structure/check.ts';
import { createChecksum, type Whole } from './checksum.ts';

export type Inspection = {
  /** @throws TransferError `too_large` */
  add(part: Uint8Array): void;
  bytes(): number;
  whole(): Whole;
  /**
   * Why a person should listen to the file that has passed, or null where it is as it should be.
   * @throws TransferError `broken_media` or `unknown_media`: it does not belong into the library
   */
  verify(expectedSeconds: number | null): string | null;
};

type Expected = {
  /** Of the media type; null where the structure is not to be judged. */
  extension: string | null;
  promisedBytes: number | null;
  maxBytes: number;
};

export function createInspection({ extension, promisedBytes, maxBytes }: Expected): Inspection {
  const checksum = createChecksum();
  let structure = extension === null ? null : startCheck(extension, promisedBytes);
  return {
    add(part) {
      checksum.add(part);
      structure = structure && addToCheck(structure, part);
      if (checksum.bytes() <= maxBytes) return;
      throw new TransferError('too_large', `the file is larger than ${maxBytes} bytes`);
    },
    bytes: checksum.bytes,
    whole: checksum.whole,
    verify(expectedSeconds) {
      if (structure === null) return null;
      const verdict = endCheck(structure);
      if (verdict.state !== 'whole') throw new TransferError(`${verdict.state}_media`, verdict.reason);
      return suspicionOf(verdict.durationSeconds, expectedSeconds);
    },
  };
}

/** Encoders pad and callbacks round; a file that differs by more is another one, or not all of it. */
const toleranceSeconds = 2;
const toleranceShare = 0.05;

function suspicionOf(seconds: number | null, expectedSeconds: number | null): string | null {
  if (seconds === null || expectedSeconds === null) return null;
  const tolerance = Math.max(toleranceSeconds, toleranceShare * expectedSeconds);
  if (Math.abs(seconds - expectedSeconds) <= tolerance) return null;
  return `it is ${seconds.toFixed(1)} s long; the callback says ${expectedSeconds.toFixed(1)} s`;
}
