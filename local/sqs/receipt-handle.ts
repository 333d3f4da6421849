// A receipt handle identifies one receive of one message. Receivers treat it as opaque.

import { randomUUID } from 'node:crypto';
import { receiptHandleIsInvalid } from './errors.ts';

export function newReceiptHandle(queue: string, messageId: string): string {
  return Buffer.from(JSON.stringify([queue, messageId, randomUUID()])).toString('base64url');
}

/** Returns the id of the message for which the handle was issued, even if the message is gone. */
export function messageIdIn(handle: string, queue: string): string {
  try {
    const [name, messageId]: unknown[] = JSON.parse(Buffer.from(handle, 'base64url').toString());
    if (name === queue && typeof messageId === 'string') return messageId;
  } catch {
    // Not a handle of ours; rejected below like a handle of another queue.
  }
  throw receiptHandleIsInvalid(handle);
}
