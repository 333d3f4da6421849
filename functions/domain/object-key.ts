// Where things stand in the bucket: design of docs/storage-layout.md, a public contract.
import { sha256 } from './file-name.ts';
import type { Asset, Stage } from './record.ts';

/** A taskId as sent where it is safe in a key, else its hash. */
export function taskSegment(taskId: string): string {
  const isSafe = /^[A-Za-z0-9._-]{1,128}$/.test(taskId) && !/^\.+$/.test(taskId);
  return isSafe ? taskId : `sha256-${sha256(taskId)}`;
}

export function recordKey(taskId: string): string {
  return `tasks/${taskSegment(taskId)}.json`;
}

/** Once per distinct body: the hash is of the bytes. */
export function callbackKey(taskId: string, stage: Stage, body: Uint8Array): string {
  return `callbacks/${taskSegment(taskId)}/${stage}-${sha256(body).slice(0, 8)}.json`;
}

/** What the provider said when it was asked: once per distinct answer that brought news. */
export function answerKey(taskId: string, stage: Stage, said: string): string {
  return `answers/${taskSegment(taskId)}/${stage}-${sha256(said).slice(0, 8)}.json`;
}

export function unrecognisedKey(body: Uint8Array): string {
  return `callbacks/unrecognised/${sha256(body).slice(0, 16)}.json`;
}

/** `.bin`: what it is could not be told, so nothing opens it by itself. */
export function quarantineKey(taskId: string, asset: Asset): string {
  return `quarantine/${taskSegment(taskId)}/${asset.path.split('/').at(-1)}.${asset.kind}.bin`;
}
