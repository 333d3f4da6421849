// The committed media files, and how to put bytes through a check.
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { expect } from 'vitest';
import { addToCheck, endCheck, startCheck } from '../../../../functions/domain/media-check/check.ts';
import type { StructureVerdict } from '../../../../functions/domain/media-check/checker.ts';
import expected from '../../../fixtures/media/expected.json' with { type: 'json' };

type Expected = { seconds: number | null; lastFrameButOne?: number };
export type MediaFile = { name: string; extension: string; bytes: Buffer };

const folder = new URL('../../../fixtures/media/', import.meta.url);

export function readMediaFiles(from: URL = folder): MediaFile[] {
  return readdirSync(from)
    .filter((name) => /\.(mp3|m4a|mp4|wav|jpeg|png|webp)$/.test(name))
    .map((name) => ({ name, extension: extname(name).slice(1), bytes: readFileSync(new URL(name, from)) }));
}

const facts = new Map<string, Expected>(Object.entries(expected));
/** What ffprobe reports for a committed file. */
export function expectedOf({ name }: MediaFile): Expected {
  const found = facts.get(name);
  if (found === undefined) throw new Error(`${name} is not in expected.json: run test/fixtures/media/make.sh`);
  return found;
}

/** The verdict on bytes that arrive in these parts, without a known length. */
export function verdictOver(extension: string, ...parts: readonly Uint8Array[]): StructureVerdict {
  return endCheck(parts.reduce(addToCheck, startCheck(extension, null)));
}

export const isWhole = { state: 'whole' };
export const isBroken = (reason: RegExp) => ({ state: 'broken', reason: expect.stringMatching(reason) });

/** The bytes of one committed file. */
export const media = (name: string): Buffer => readFileSync(new URL(name, folder));
export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export const zeros = (length: number): Buffer => Buffer.alloc(length);
/** Bytes like those of compressed sound or pictures, without an FF among them; the same in every run. */
export const noise = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => ((index + 1) * 7919) % 251));
