// What the stack and the local deployment must agree on, so that what works here works there.
import type { FunctionName } from './bundle.ts';

const day = 24 * 60 * 60;

export const functionTimeoutSeconds: Record<FunctionName, number> = {
  // A second more than the receiver's own deadline of 10 s (P1), which middy sets from the time that is left.
  receiver: 11,
  // The longest Lambda allows: a large video over a slow link needs it.
  archiver: 15 * 60,
  // Less than the minute after which it is started again, so that two never sweep at once.
  sweeper: 55,
  // Ten requests one after the other, of 10 s each at most.
  forwarder: 2 * 60,
};

/** How often the sweeper looks for what is due. */
export const sweepSeconds = 60;

export const queueLimits = {
  // The longest SQS allows, and as long as the provider's links live.
  retentionSeconds: 14 * day,
  // Six times the function's timeout, as Lambda asks for: throttled invocations need room to be tried again.
  visibilitySeconds: 6 * functionTimeoutSeconds.archiver,
  // Only what the code itself fails on shall be set aside. While a neighbour (S3, SQS, EventBridge) is down, a message
  // is handed back after 1 min, 5 min, 30 min, 2 h and 6 h, then every 11.5 h: 35 receives in 14 days. While the function
  // is throttled, it comes back every 90 min: 100 receives are 6 days. What the code fails on is handed back every
  // minute, so it is set aside within two hours.
  maxReceiveCount: 100,
  // The most SQS takes; the receiver compresses what is larger.
  maxMessageBytes: 1024 * 1024,
};

export const forwardLimits = {
  // Handed back like the others, for the same times: 12 receives are 3 days and 5 hours, then half a day until it is set aside.
  maxReceiveCount: 12,
};
