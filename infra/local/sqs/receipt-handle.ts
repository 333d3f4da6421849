// A receipt handle says which receive of which message it is. A receiver treats it as opaque.

import { randomUUID } from 'node:crypto';
import { receiptHandleIsInvalid } from './errors.ts';

export function newReceiptHandle(queue: string, messageId: string): string {
  return Buffer.from(JSON.stringify([queue, messageId, randomUUID()])).toString('base64url');
}

/** The id of the message that the handle was given for, even when the message is long gone. */
export function messageIdIn(handle: string, queue: string): string {
  try {
    const [name, messageId]: unknown[] = JSON.parse(Buffer.from(handle, 'base64url').toString());
    if (name === queue && typeof messageId === 'string') return messageId;
  } catch {
    // Not one of ours; refused below like one of another queue.
  }
  throw receiptHandleIsInvalid(handle);
}
