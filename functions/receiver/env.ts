// The small variant of zod, as in everything that the receiver loads: the other one adds 10 ms to its start
// (docs/performance.md).
import * as z from 'zod/mini';

/** The receiver's environment variables; the stack and the local deployment write them with `satisfies ReceiverEnv`. */
export const receiverEnv = z.object({
  /** The deployment's name in metrics. */
  STACK_NAME: z.string().check(z.minLength(1)),
  QUEUE_URL: z.url(),
  /** Name or ARN of the Secrets Manager secret: JSON, see `adapters/secret.ts`. */
  SECRET_ID: z.string().check(z.minLength(1)),
});

export type ReceiverEnv = z.input<typeof receiverEnv>;
