// The keys of the bucket's objects: docs/storage-layout.md, a public contract.
import { sha256 } from './file-name.ts';
import type { Asset, Stage } from './record.ts';

/** The taskId as sent if it is safe in a key, else its hash. */
export function keySafeTaskId(taskId: string): string {
  const isSafe = /^[A-Za-z0-9._-]{1,128}$/.test(taskId) && !/^\.+$/.test(taskId);
  return isSafe ? taskId : `sha256-${sha256(taskId)}`;
}

export function recordKey(taskId: string): string {
  return `tasks/${keySafeTaskId(taskId)}.json`;
}

/** Once per distinct body: the hash covers the bytes. */
export function callbackKey(taskId: string, stage: Stage, body: Uint8Array): string {
  return `callbacks/${keySafeTaskId(taskId)}/${stage}-${sha256(body).slice(0, 8)}.json`;
}

/** The provider's answer to a poll: once per distinct answer that changed something. */
export function answerKey(taskId: string, stage: Stage, said: string): string {
  return `answers/${keySafeTaskId(taskId)}/${stage}-${sha256(said).slice(0, 8)}.json`;
}

export function unrecognisedKey(body: Uint8Array): string {
  return `callbacks/unrecognised/${sha256(body).slice(0, 16)}.json`;
}

/** `.bin`: the type is unknown, so no program opens it by itself. */
export function quarantineKey(taskId: string, asset: Asset): string {
  return `quarantine/${keySafeTaskId(taskId)}/${asset.path.split('/').at(-1)}.${asset.kind}.bin`;
}

/** @throws for a key that would not survive in a URL, which drops the segments `.` and `..` */
export function assertKey(key: string): string {
  const isLost = key === '' || !key.isWellFormed() || key.split('/').some((part) => part === '.' || part === '..');
  if (isLost) throw new Error(`'${key}' cannot be a key`);
  return key;
}
