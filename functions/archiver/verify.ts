// Whether a file that has passed is whole media, and as long as it should be.
import { TransferError } from '../domain/errors.ts';
import { endCheck, type StructureState } from '../domain/structure/check.ts';

/** Encoders pad, callbacks round, and covers of songs fade; a file that differs by more is another one, or not all of it. */
const toleranceSeconds = 2;
const toleranceShare = 0.05;

/**
 * Why a person should listen to the file, or null where it is as it should be.
 * @throws TransferError `broken_media` or `unknown_media`: it does not belong into the library
 */
export function verifyStructure(state: StructureState, expectedSeconds: number | null): string | null {
  const verdict = endCheck(state);
  if (verdict.state !== 'whole') throw new TransferError(`${verdict.state}_media`, verdict.reason);
  const { durationSeconds } = verdict;
  if (durationSeconds === null || expectedSeconds === null) return null;
  const tolerance = Math.max(toleranceSeconds, toleranceShare * expectedSeconds);
  if (Math.abs(durationSeconds - expectedSeconds) <= tolerance) return null;
  return `it is ${durationSeconds.toFixed(1)} s long; the callback says ${expectedSeconds.toFixed(1)} s`;
}
