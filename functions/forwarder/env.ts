import * as z from 'zod';

/** What the forwarder finds in its environment; the stack and the local deployment write it `satisfies ForwarderEnv`. */
export const forwarderEnv = z.object({
  /** Which deployment's metrics these are. */
  STACK_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(3),
  /** Where events wait for it. */
  FORWARD_QUEUE_URL: z.url(),
  /** The owner's endpoint. */
  FORWARD_TO: z.url({ protocol: /^https?$/ }),
  /** Name or ARN of the callback URL's secret, which may hold a `forwardKey`. */
  SECRET_ID: z.string().min(1),
});

export type ForwarderEnv = z.input<typeof forwarderEnv>;
