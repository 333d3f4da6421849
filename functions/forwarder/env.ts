import * as z from 'zod';

/**
 * The forwarder's environment variables; the stack and the local deployment write them with `satisfies ForwarderEnv`.
 */
export const forwarderEnv = z.object({
  /** The deployment's name in metrics. */
  STACK_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(3),
  /** The queue of events to forward. */
  FORWARD_QUEUE_URL: z.url(),
  /** The owner's endpoint. */
  FORWARD_TO: z.url({ protocol: /^https?$/ }),
  /** Name or ARN of the callback URL's secret, which may contain a `forwardKey`. */
  SECRET_ID: z.string().min(1),
});

export type ForwarderEnv = z.input<typeof forwarderEnv>;
