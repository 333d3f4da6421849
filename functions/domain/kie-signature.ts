import { createHmac } from 'node:crypto';

/**
 * kie.ai's signature of a callback: base64 of HMAC-SHA256 over `taskId.timestamp`, the timestamp in seconds (kie.ai,
 * "Webhook verification"). It covers the task id and the time, not the body.
 */
export function kieSignature(taskId: string, timestamp: string, key: string): string {
  return createHmac('sha256', key).update(`${taskId}.${timestamp}`).digest('base64');
}
