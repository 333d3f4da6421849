// Settings shared by the stack and the local deployment, so that both behave the same.

import { eventSource, forwardedTypes } from '../functions/domain/task-event.ts';
import type { FunctionName } from './bundle.ts';

export const functionTimeoutSeconds: Record<FunctionName, number> = {
  // A second more than the receiver's own deadline of 10 s (P1), which middy derives from the remaining time.
  receiver: 11,
  // Lambda's maximum: a large video over a slow connection needs it.
  archiver: 15 * 60,
  // Less than the interval of a minute, so that two sweeps never run at once.
  sweeper: 55,
  // Ten requests in sequence, of 10 s each at most.
  forwarder: 2 * 60,
};

/** How often the sweeper looks for due tasks. */
export const sweepSeconds = 60;

const day = 24 * 60 * 60;

export const queueLimits = {
  // SQS's maximum, and the lifetime of the provider's links.
  retentionSeconds: 14 * day,
  // Six times the function's timeout, as Lambda requires: throttled invocations need room for retries.
  visibilitySeconds: 6 * functionTimeoutSeconds.archiver,
  // Only messages on which the code itself fails should reach the dead-letter queue. While a service (S3, SQS,
  // EventBridge) is down, a message is redelivered after 1 min, 5 min, 30 min, 2 h and 6 h, then every 11.5 h: 35
  // receives in 14 days. While the function is throttled, it is redelivered every 90 min: 100 receives take 6 days. A
  // message on which the code fails is redelivered every minute, so it is moved within two hours.
  maxReceiveCount: 100,
  // SQS's maximum; the receiver compresses larger messages.
  maxMessageBytes: 1024 * 1024,
};

export const forwardLimits = {
  // Redelivered after the same delays: 12 receives take 3 days and 5 hours, plus half a day until it is moved.
  maxReceiveCount: 12,
};

// The events that are forwarded to the owner's endpoint, in the stack by a rule of EventBridge, and in the local
// deployment.

/** Task ends only: a task at risk corresponds to no callback of the provider. */
export const forwardedEvents = { source: eventSource, types: [...forwardedTypes] };

/** The prefix of task ids that `trackkeeper doctor` creates: these tasks are not forwarded. */
export const testTaskPrefix = 'doctor-';
