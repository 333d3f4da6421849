import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unlessMissing } from './missing.ts';

/**
 * Does not validate: only `writeJson` writes below the system folder. Deliberately synchronous: one page of a list
 * reads a thousand of these files, which takes four times as long through the thread pool (2026-11-21).
 */
export async function readJson<T>(file: string): Promise<T | undefined> {
  const text = await unlessMissing((async () => readFileSync(file, 'utf8'))());
  return text === undefined ? undefined : JSON.parse(text);
}

/** Atomic: a crash leaves a stray `.tmp`, never half a file. */
export async function writeJson(file: string, value: object): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, JSON.stringify(value, undefined, 2));
  await rename(draft, file);
}
